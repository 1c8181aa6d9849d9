import { z } from 'zod';

/** What one sign-in gave. Times are milliseconds since the epoch. */
const sessionRecordSchema = z.strictObject({
  issuer: z.string(),
  subject: z.string(),
  name: z.string().optional(),
  email: z.string().optional(),
  idToken: z.string(),
  idTokenExpiresAt: z.number(),
  refreshToken: z.string().optional(),
  /** The one before it, until the new one has worked: only for the case that the new one never does. */
  previousRefreshToken: z.string().optional(),
  /**
   * When a refresh was sent whose answer is not in yet. Found after a crash it says that `refreshToken` may have been
   * spent: an IdP with a grace period forgives its reuse for seconds only, so it is tried at once.
   */
  refreshSentAt: z.number().optional(),
  provedAt: z.number(),
  /** Authentication context of the sign-in (OpenID Connect Core section 2). */
  acr: z.string().optional(),
  /** Whether the refresh token is bound to the key, and of use only with proofs of it (RFC 9449 section 5). */
  isBound: z.boolean().optional(),
});

/** One server's access token, kept across restarts since mints are scarce. */
const grantRecordSchema = z.strictObject({
  /** Whose it is: the session's subject when it was minted. */
  subject: z.string(),
  accessToken: z.string(),
  /** `DPoP`: of use only with proofs of the vault's key (RFC 9449). */
  tokenType: z.enum(['Bearer', 'DPoP']),
  scope: z.string().optional(),
  /** What the server asked for beyond policy (RFC 6750 section 3.1), asked for again at every renewal. */
  extraScopes: z.array(z.string()).optional(),
  mintedAt: z.number(),
  expiresAt: z.number(),
  /** Where it may be sent, byte for byte: a policy that moves the server must not take the token along. */
  resource: z.string(),
  authorizationServer: z.string(),
});

/** ID-JAGs spent on one server, by days and months of UTC. */
const mintCountRecordSchema = z.strictObject({
  /** `2026-11-22` */
  day: z.string(),
  inDay: z.number(),
  /** `2026-11` */
  month: z.string(),
  inMonth: z.number(),
});

/** A private P-256 key as JWK (RFC 7517, RFC 7518 section 6.2). */
const dpopKeySchema = z.strictObject({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string(),
  y: z.string(),
  d: z.string(),
});

/** Everything secret that one person's agent keeps. */
export const vaultContentsSchema = z.strictObject({
  version: z.literal(2),
  session: sessionRecordSchema.nullable(),
  /** By server name. */
  grants: z.record(z.string(), grantRecordSchema),
  /** By person (see {@link personKey}), then by server name. They outlive a sign-out: so do the limits they count. */
  mints: z.record(z.string(), z.record(z.string(), mintCountRecordSchema)),
  /** What the session's tokens are bound to; made at first need, and erased when the person signs out. */
  dpopKey: dpopKeySchema.nullable(),
});

/** See {@link sessionRecordSchema}. */
export type SessionRecord = z.infer<typeof sessionRecordSchema>;
/** See {@link grantRecordSchema}. */
export type GrantRecord = z.infer<typeof grantRecordSchema>;
/** See {@link mintCountRecordSchema}. */
export type MintCountRecord = z.infer<typeof mintCountRecordSchema>;
/** See {@link dpopKeySchema}. */
export type DpopKey = z.infer<typeof dpopKeySchema>;
/** See {@link vaultContentsSchema}. */
export type VaultContents = z.infer<typeof vaultContentsSchema>;

/** A vault before the first sign-in. */
export const EMPTY_VAULT: VaultContents = { version: 2, session: null, grants: {}, mints: {}, dpopKey: null };

/** Under which a person's counts are kept. An issuer has no space in it. */
export function personKey({ issuer, subject }: Pick<SessionRecord, 'issuer' | 'subject'>): string {
  return `${issuer} ${subject}`;
}
