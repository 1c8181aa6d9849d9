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
  provedAt: z.number(),
});

/** One server's access token, kept across restarts since mints are scarce. */
const grantRecordSchema = z.strictObject({
  /** Whose it is: the session's subject when it was minted. */
  subject: z.string(),
  accessToken: z.string(),
  scope: z.string().optional(),
  mintedAt: z.number(),
  expiresAt: z.number(),
  /** Where it may be sent, byte for byte: a policy that moves the server must not take the token along. */
  resource: z.string(),
  authorizationServer: z.string(),
});

/** Everything secret that one person's agent keeps. */
export const vaultContentsSchema = z.strictObject({
  version: z.literal(1),
  session: sessionRecordSchema.nullable(),
  /** By server name. */
  grants: z.record(z.string(), grantRecordSchema),
});

/** See {@link sessionRecordSchema}. */
export type SessionRecord = z.infer<typeof sessionRecordSchema>;
/** See {@link grantRecordSchema}. */
export type GrantRecord = z.infer<typeof grantRecordSchema>;
/** See {@link vaultContentsSchema}. */
export type VaultContents = z.infer<typeof vaultContentsSchema>;

/** A vault before the first sign-in. */
export const EMPTY_VAULT: VaultContents = { version: 1, session: null, grants: {} };
