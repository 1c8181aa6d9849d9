import {
  AuthorizationResponseError,
  ClientError,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from 'openid-client';
import { LanyardError } from '../../shared/errors.ts';
import { foreignText, networkFault, retryAfterMs } from '../egress/faults.ts';
import type { ErrorLeg } from './error-table.ts';
import { type OAuthRefusal, refusalError } from './error-table-judgement.ts';

/** What was asked of the IdP when it failed. */
export type IdentityLeg = Extract<ErrorLeg, 'device' | 'code' | 'refresh' | 'revocation'>;

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

/** What an answer or a redirect says of an error. */
type Said = Pick<OAuthRefusal, 'error' | 'description' | 'status' | 'members'>;

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

// Some servers send an OAuth error with HTTP 200. To openid-client that is an answer without tokens, which it keeps.
function errorAs200(client: ClientError): Said | undefined {
  const { body } = Object(client.cause instanceof Error ? client.cause.cause : undefined) as { body?: unknown };
  const { error, error_description: description } = Object(body) as Record<string, unknown>;
  if (typeof error !== 'string' || error === '') return undefined;
  return { status: 200, error, description: textOf(description), members: body };
}

// openid-client takes only a 4xx for a refusal; among those, 429 is the word of a gateway.
function refusedAnswer({ status, error, error_description: description, cause: members, response }: ResponseBodyError) {
  // A time is meant by the clock of who gave it, which the answer shows (RFC 9110 section 6.6.1); ours may be off.
  const answeredAt = Date.parse(response.headers.get('date') ?? '');
  const afterMs = retryAfterMs(response.headers.get('retry-after'), answeredAt);
  return { status, error, description: textOf(description), members, afterMs };
}

function tooManyRequests(host: string, { error, description = '', afterMs }: OAuthRefusal): LanyardError {
  const said = foreignText(description);
  return new LanyardError({
    code: 'answer-too-many-requests',
    user: `${host} has a problem at the moment. Try again in a while.`,
    administrator: `${host} answered HTTP 429 ${foreignText(error)}${said && `: ${said}`}.`,
    recovery: afterMs === undefined ? { kind: 'retry' } : { kind: 'retry', afterMs },
  });
}

function unusable(host: string, client: ClientError, cause: unknown): LanyardError {
  if (client.code !== undefined && !UNUSABLE_ANSWERS.has(client.code))
    return new LanyardError({
      code: 'sign-in-invalid',
      user: 'The answer of the sign-in service did not check out, so it was not used. Try to sign in again.',
      administrator: `${host}: ${client.message} (${client.code}).`,
      recovery: { kind: 'blocked', reason: 'signed-out' },
      cause,
    });
  return new LanyardError({
    code: 'answer-unusable',
    user: `${host} has a problem at the moment. Try again in a while.`,
    administrator: `${host} gave an answer that is not OAuth (${client.code ?? client.message}).`,
    recovery: { kind: 'retry' },
    cause,
  });
}

/**
 * Turns what openid-client throws into an error with sentences and a recovery: an OAuth error as the error table
 * judges it, and everything else as a fault that passes, or as an answer that did not check out.
 *
 * @param issuer the IdP, for the sentences.
 * @param leg what was asked of it; what comes by a redirect is of the leg `authorization` in any case.
 */
export function identityFault(issuer: string, cause: unknown, leg: IdentityLeg = 'refresh'): LanyardError {
  const ours = findCause(cause, LanyardError);
  if (ours) return ours;
  const { host } = new URL(issuer);

  // A 401 with a challenge is how a client that authenticated by header is refused (RFC 6749 section 5.2).
  const challenge = findCause(cause, WWWAuthenticateChallengeError);
  if (challenge) return refusalError({ leg, issuer, error: 'invalid_client', status: challenge.status, cause });

  const body = findCause(cause, ResponseBodyError);
  if (body) {
    const refusal = { leg, issuer, cause, ...refusedAnswer(body) };
    return body.status === 429 ? tooManyRequests(host, refusal) : refusalError(refusal);
  }

  const redirect = findCause(cause, AuthorizationResponseError);
  if (redirect) {
    const { error, error_description: description } = redirect;
    return refusalError({ leg: 'authorization', issuer, error, description, cause });
  }

  const client = findCause(cause, ClientError);
  if (!client) return networkFault(host, cause);
  const said = errorAs200(client);
  return said ? refusalError({ leg, issuer, cause, ...said }) : unusable(host, client, cause);
}
