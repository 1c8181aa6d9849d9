import { LanyardError } from '../../shared/errors.ts';

/** Nobody is signed in. */
export function signedOut(): LanyardError {
  return new LanyardError({
    code: 'signed-out',
    user: 'You are not signed in. Open Lanyard and sign in, or run: lanyard login',
    administrator: 'There is no session: the person has not signed in on this machine.',
    recovery: { kind: 'blocked', reason: 'signed-out' },
  });
}

/** The session gives nothing any more that the IdP would take. */
export function sessionEnded(cause: unknown): LanyardError {
  return new LanyardError({
    code: 'session-ended',
    user: 'Your sign-in has ended. Open Lanyard and sign in again, or run: lanyard login',
    administrator: 'The identity provider does not renew the session, or gives no new ID token for it.',
    recovery: { kind: 'blocked', reason: 'signed-out' },
    cause,
  });
}

/** The agent sends nothing any more. */
export function stopping(): LanyardError {
  return new LanyardError({
    code: 'agent-stopping',
    user: 'Lanyard is closing. Start it again.',
    administrator: 'The agent is ending, so nothing is asked of the identity provider any more.',
    recovery: { kind: 'retry' },
  });
}

/** Policy wants the refresh token as the subject token, and the sign-in gave none. */
export function noRefreshToken(issuer: string): LanyardError {
  return new LanyardError({
    code: 'session-no-refresh-token',
    user: 'The company policy on this computer does not fit the sign-in service. Tell your administrator.',
    administrator: `subjectToken is "refresh_token", but ${issuer} gave no refresh token. Add "offline_access" to the scopes of identityProvider and allow it for this client.`,
    recovery: { kind: 'blocked', reason: 'misconfigured' },
  });
}

/** The same failure for whoever asks before the next try, which is `afterMs` away. What is not retried stays as it is. */
export function tryAgainIn(error: LanyardError, afterMs: number): LanyardError {
  const { recovery } = error;
  if (recovery?.kind !== 'retry') return error;
  const isOwnPause = recovery.afterMs === undefined && ({ isOwnPause: true } as const);
  return new LanyardError({ ...error.problem, recovery: { kind: 'retry', afterMs, ...isOwnPause }, cause: error });
}
