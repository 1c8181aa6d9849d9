import type { TokenEndpointResponse, TokenEndpointResponseHelpers } from 'openid-client';
import { LanyardError, type Problem } from '../../shared/errors.ts';
import type { SessionView } from '../../shared/local-api.ts';
import type { SessionRecord } from '../vault/contents.ts';

/** What openid-client gives for a code, a device code or a refresh token. */
export type Tokens = TokenEndpointResponse & TokenEndpointResponseHelpers;

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/**
 * The session that a sign-in gave. The ID token has been validated by openid-client.
 *
 * @throws {LanyardError} `idp-no-id-token`.
 */
export function sessionOf(issuer: string, tokens: Tokens, now: number): SessionRecord {
  const claims = tokens.claims();
  if (!tokens.id_token || !claims)
    throw new LanyardError({
      code: 'idp-no-id-token',
      user: 'The sign-in service did not say who you are. Tell your administrator.',
      administrator: `${issuer} gave no ID token; the scope "openid" must be allowed for this client.`,
      recovery: { kind: 'blocked', reason: 'misconfigured' },
    });
  const name = text(claims.name);
  const email = text(claims.email);
  return {
    issuer,
    subject: claims.sub,
    ...(name !== undefined && { name }),
    ...(email !== undefined && { email }),
    idToken: tokens.id_token,
    idTokenExpiresAt: claims.exp * 1000,
    ...(tokens.refresh_token !== undefined && { refreshToken: tokens.refresh_token }),
    provedAt: typeof claims.auth_time === 'number' ? claims.auth_time * 1000 : now,
  };
}

/**
 * The session after a refresh. What the answer leaves out stays: an IdP need not rotate the refresh token, nor
 * send a new ID token (OpenID Connect Core section 12.2).
 *
 * @throws {LanyardError} `idp-other-person` when the answer is about somebody else.
 */
export function renewSession(session: SessionRecord, tokens: Tokens): SessionRecord {
  const claims = tokens.claims();
  if (claims && claims.sub !== session.subject)
    throw new LanyardError({
      code: 'idp-other-person',
      user: 'The sign-in service answered for somebody else. Sign in again.',
      administrator: `${session.issuer} renewed the session of ${session.subject} with tokens of ${claims.sub}.`,
      recovery: { kind: 'blocked', reason: 'signed-out' },
    });
  return {
    ...session,
    ...(tokens.id_token && claims && { idToken: tokens.id_token, idTokenExpiresAt: claims.exp * 1000 }),
    ...(tokens.refresh_token !== undefined && { refreshToken: tokens.refresh_token }),
  };
}

/** The part of a session that people may see, and why there is none. */
export function viewSession(session: SessionRecord | null, endedBy?: Problem): SessionView {
  if (!session) return { status: 'signed-out', ...(endedBy && { cause: endedBy }) };
  const { issuer, subject, name, email, provedAt } = session;
  return {
    status: 'signed-in',
    issuer,
    subject,
    ...(name !== undefined && { name }),
    ...(email !== undefined && { email }),
    provedAt,
    ...(endedBy && { cause: endedBy }),
  };
}
