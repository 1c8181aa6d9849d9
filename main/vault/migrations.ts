import { z } from 'zod';
import { EMPTY_VAULT, type VaultContents, vaultContentsSchema } from './contents.ts';

/** The newest version of the contents that this program knows. */
export const CONTENTS_VERSION: number = EMPTY_VAULT.version;

const sessionOfVersion1 = z.strictObject({
  issuer: z.string(),
  subject: z.string(),
  name: z.string().optional(),
  email: z.string().optional(),
  idToken: z.string(),
  idTokenExpiresAt: z.number(),
  refreshToken: z.string().optional(),
  provedAt: z.number(),
});

const grantOfVersion1 = z.strictObject({
  subject: z.string(),
  accessToken: z.string(),
  scope: z.string().optional(),
  mintedAt: z.number(),
  expiresAt: z.number(),
  resource: z.string(),
  authorizationServer: z.string(),
});

const contentsOfVersion1 = z.strictObject({
  version: z.literal(1),
  session: sessionOfVersion1.nullable(),
  grants: z.record(z.string(), grantOfVersion1),
});

/** Version 1 knew bearer tokens only, and counted nothing. */
function fromVersion1(older: unknown): unknown {
  const { session, grants } = contentsOfVersion1.parse(older);
  const entries = Object.entries(grants).map(([name, grant]) => [name, { ...grant, tokenType: 'Bearer' }]);
  return { version: 2, session, grants: Object.fromEntries(entries), mints: {}, dpopKey: null };
}

/** By the version that a step starts from; each ends at the next one. A new version adds a step and changes none. */
const STEPS: ReadonlyMap<number, (older: unknown) => unknown> = new Map([[1, fromVersion1]]);

const versionedSchema = z.looseObject({ version: z.int() });

/** What a vault says its version is; `undefined` where it says nothing that is a version. */
export function versionOf(value: unknown): number | undefined {
  return versionedSchema.safeParse(value).data?.version;
}

/**
 * Brings contents of any version that we know to the present one. Pure: what lies on disk changes with the next write.
 *
 * @throws when they are of no version that we know, or not what their version says.
 */
export function migrate(contents: unknown): VaultContents {
  const step = STEPS.get(versionOf(contents) ?? Number.NaN);
  return step ? migrate(step(contents)) : vaultContentsSchema.parse(contents);
}
