import { join } from 'node:path';
import type { GrantRecord, SessionRecord, VaultContents } from '../../../main/vault/contents.ts';
import { temporaryFolder } from '../fixtures.ts';

/** A time, in milliseconds since the epoch. */
export const NOW = 1_700_000_000_000;

/** Ada's session. */
export const session: SessionRecord = {
  issuer: 'https://idp.example.com',
  subject: 'ada',
  idToken: 'an ID token',
  idTokenExpiresAt: 2,
  refreshToken: 'a refresh token',
  provedAt: 1,
};

/** A grant of Ada's. */
export function grant(accessToken: string): GrantRecord {
  return {
    subject: 'ada',
    accessToken,
    tokenType: 'Bearer',
    mintedAt: 1,
    expiresAt: 2,
    resource: 'https://mcp.example.com',
    authorizationServer: 'https://as.example.com',
  };
}

/** The change that adds a grant. */
export const withGrant =
  (name: string) =>
  (contents: VaultContents): VaultContents => ({
    ...contents,
    grants: { ...contents.grants, [name]: grant(`token of ${name}`) },
  });

/** The change that begins a session, or ends it. */
export const withSession =
  (next: SessionRecord | null) =>
  (contents: VaultContents): VaultContents => ({
    ...contents,
    session: next,
  });

/** Where a vault could be. */
export function place() {
  const folder = temporaryFolder();
  return { folder, path: join(folder, 'vault.json'), previous: join(folder, 'vault.previous.json') };
}
