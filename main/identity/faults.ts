import {
  AuthorizationResponseError,
  ClientError,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from 'openid-client';
import { LanyardError, type Recovery } from '../../shared/errors.ts';
import { foreignText, networkFault, retryAfterMs } from '../egress/faults.ts';

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

/** OAuth errors that time mends (RFC 6749 section 4.1.2.1, RFC 8628 section 3.5). */
const PASSING_ERRORS: ReadonlySet<string> = new Set(['temporarily_unavailable', 'server_error', 'slow_down']);

function said(description: string | undefined): string {
  return description ? `: ${foreignText(description)}` : '';
}

// openid-client takes only a 4xx for a refusal; among those 429, and what calls itself passing, is not final.
function recoveryAfter({ status, error, response }: ResponseBodyError): Recovery {
  if (status !== 429 && !PASSING_ERRORS.has(error)) return { kind: 'blocked', reason: 'signed-out' };
  const afterMs = retryAfterMs(response.headers.get('retry-after'), Date.now());
  return afterMs === undefined ? { kind: 'retry' } : { kind: 'retry', afterMs };
}

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
  if (body) {
    const recovery = recoveryAfter(body);
    const error = foreignText(body.error);
    const refused = recovery.kind === 'blocked';
    if (refused && REGISTRATION_ERRORS.has(error))
      return registrationFault(host, body.status, `${error}${said(body.error_description)}`, cause);
    return new LanyardError({
      code: body.status === 429 ? 'answer-too-many-requests' : `idp-${error.replaceAll('_', '-')}`,
      user: refused
        ? 'The sign-in service refused. Try to sign in again; if it stays, tell your administrator.'
        : `${host} has a problem at the moment. Try again in a while.`,
      administrator: `${host} answered ${body.status} ${error}${said(body.error_description)}.`,
      recovery,
      cause,
    });
  }

  const redirect = findCause(cause, AuthorizationResponseError);
  if (redirect)
    return new LanyardError({
      code:
        redirect.error === 'access_denied'
          ? 'sign-in-cancelled'
          : `idp-${foreignText(redirect.error).replaceAll('_', '-')}`,
      user:
        redirect.error === 'access_denied'
          ? 'The sign-in was cancelled.'
          : 'The sign-in service refused. Try again; if it stays, tell your administrator.',
      administrator: `${host} returned ${foreignText(redirect.error)}${said(redirect.error_description)}.`,
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
