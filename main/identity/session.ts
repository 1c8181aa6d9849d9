import { LanyardError, type Problem } from '../../shared/errors.ts';
import type { SessionView } from '../../shared/local-api.ts';
import type { SessionRecord } from '../vault/contents.ts';
import { isBound } from './bound-tokens.ts';
import type { Tokens } from './tokens.ts';

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
  const acr = text(claims.acr);
  return {
    issuer,
    subject: claims.sub,
    ...(name !== undefined && { name }),
    ...(email !== undefined && { email }),
    idToken: tokens.id_token,
    idTokenExpiresAt: claims.exp * 1000,
    ...(tokens.refresh_token !== undefined && { refreshToken: tokens.refresh_token }),
    provedAt: typeof claims.auth_time === 'number' ? claims.auth_time * 1000 : now,
    ...(acr !== undefined && { acr }),
    ...(isBound(tokens) && { isBound: true }),
  };
}

/** The session with a mark that a refresh may have been sent. The first mark stays: from then on it is in doubt. */
export function markSent(session: SessionRecord, now: number): SessionRecord {
  return { ...session, refreshSentAt: session.refreshSentAt ?? now };
}

/** The session without that mark. */
export function unmarkSent({ refreshSentAt: _, ...session }: SessionRecord): SessionRecord {
  return session;
}

/**
 * The session after the refresh token `used` has worked. Where it was rotated, it is kept until its successor has worked:
 * so a session holds a previous one exactly as long as the present one has never worked.
 */
export function rotateRefreshToken(session: SessionRecord, used: string, given: string | undefined): SessionRecord {
  const { previousRefreshToken: _, ...rest } = unmarkSent(session);
  return given === undefined || given === used
    ? { ...rest, refreshToken: used }
    : { ...rest, refreshToken: given, previousRefreshToken: used };
}

/**
 * The session after a refresh with the refresh token `used`. What the answer leaves out stays: an IdP need not rotate
 * the refresh token, nor send a new ID token (OpenID Connect Core section 12.2).
 *
 * @throws {LanyardError} `idp-other-person` when the answer is about somebody else.
 */
export function renewSession(session: SessionRecord, used: string, tokens: Tokens): SessionRecord {
  const claims = tokens.claims();
  if (claims && claims.sub !== session.subject)
    throw new LanyardError({
      code: 'idp-other-person',
      user: 'The sign-in service answered for somebody else. Sign in again.',
      administrator: `${session.issuer} renewed the session of ${session.subject} with tokens of ${claims.sub}.`,
      recovery: { kind: 'blocked', reason: 'signed-out' },
    });
  return {
    ...rotateRefreshToken(session, used, tokens.refresh_token),
    ...(isBound(tokens) && { isBound: true }),
    ...(tokens.id_token && claims && { idToken: tokens.id_token, idTokenExpiresAt: claims.exp * 1000 }),
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
