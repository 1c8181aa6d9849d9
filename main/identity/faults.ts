import {
  AuthorizationResponseError,
  ClientError,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from 'openid-client';
import { LanyardError } from '../../shared/errors.ts';
import { networkFault } from '../egress/faults.ts';

function findCause<T>(error: unknown, type: new (...args: never[]) => T): T | undefined {
  for (let current = error, depth = 0; current instanceof Error && depth < 8; current = current.cause, depth += 1)
    if (current instanceof type) return current;
  return undefined;
}

/** Codes of openid-client for answers that are not OAuth at all: a gateway or an outage page spoke. */
const UNUSABLE_ANSWERS: ReadonlySet<string> = new Set([
  'OAUTH_RESPONSE_IS_NOT_JSON',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_PARSE_ERROR',
]);

/** OAuth errors that are about our registration at the IdP, which no person can mend by signing in again. */
const REGISTRATION_ERRORS: ReadonlySet<string> = new Set(['invalid_client', 'unauthorized_client']);

function registrationFault(host: string, status: number, detail: string, cause: unknown): LanyardError {
  return new LanyardError({
    code: 'idp-invalid-client',
    user: 'The company policy on this computer does not fit the sign-in service. Tell your administrator.',
    administrator: `${host} answered ${status} ${detail}. Check clientId and authentication of identityProvider in the policy.`,
    recovery: { kind: 'blocked', reason: 'misconfigured' },
    cause,
  });
}

/**
 * Turns what openid-client throws into an error with sentences and a recovery.
 *
 * @param issuer the IdP, for the sentences.
 */
export function identityFault(issuer: string, cause: unknown): LanyardError {
  const ours = findCause(cause, LanyardError);
  if (ours) return ours;
  const { host } = new URL(issuer);

  // A 401 with a challenge is how a client that authenticated by header is refused (RFC 6749 section 5.2).
  const challenge = findCause(cause, WWWAuthenticateChallengeError);
  if (challenge) return registrationFault(host, challenge.status, 'invalid_client', cause);

  const body = findCause(cause, ResponseBodyError);
  if (body && body.status < 500 && REGISTRATION_ERRORS.has(body.error))
    return registrationFault(host, body.status, body.error_description ?? body.error, cause);
  if (body)
    return new LanyardError({
      code: `idp-${body.error.replaceAll('_', '-')}`,
      user: 'The sign-in service refused. Try to sign in again; if it stays, tell your administrator.',
      administrator: `${host} answered ${body.status} ${body.error}${body.error_description ? `: ${body.error_description}` : ''}.`,
      recovery: body.status >= 500 ? { kind: 'retry' } : { kind: 'blocked', reason: 'signed-out' },
      cause,
    });

  const redirect = findCause(cause, AuthorizationResponseError);
  if (redirect)
    return new LanyardError({
      code: redirect.error === 'access_denied' ? 'sign-in-cancelled' : `idp-${redirect.error.replaceAll('_', '-')}`,
      user:
        redirect.error === 'access_denied'
          ? 'The sign-in was cancelled.'
          : 'The sign-in service refused. Try again; if it stays, tell your administrator.',
      administrator: `${host} returned ${redirect.error}${redirect.error_description ? `: ${redirect.error_description}` : ''}.`,
      recovery: { kind: 'blocked', reason: 'signed-out' },
      cause,
    });

  const client = findCause(cause, ClientError);
  if (client?.code !== undefined && !UNUSABLE_ANSWERS.has(client.code))
    return new LanyardError({
      code: 'sign-in-invalid',
      user: 'The answer of the sign-in service did not check out, so it was not used. Try to sign in again.',
      administrator: `${host}: ${client.message} (${client.code}).`,
      recovery: { kind: 'blocked', reason: 'signed-out' },
      cause,
    });
  if (client)
    return new LanyardError({
      code: 'answer-unusable',
      user: `${host} has a problem at the moment. Try again in a while.`,
      administrator: `${host} gave an answer that is not OAuth (${client.code ?? client.message}).`,
      recovery: { kind: 'retry' },
      cause,
    });
  return networkFault(host, cause);
}
