import { z } from 'zod';
import { LanyardError, type Recovery } from '../../shared/errors.ts';
import type { BlockedReason } from '../../shared/states.ts';
import { answerFault, foreignText, retryAfterMs } from '../egress/faults.ts';

/** The two legs of a grant: where a fault happened decides what it means. */
export type Leg = 'token-exchange' | 'jwt-bearer';

/** Who answered, for judging and for the sentences. */
export interface Answerer {
  readonly leg: Leg;
  /** The issuer that was asked. */
  readonly issuer: string;
  /** The server's title. */
  readonly title: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

// RFC 6749 section 5.2. Both texts end up in logs and windows.
const oauthErrorSchema = z.object({
  error: z.string().regex(/^[\x20-\x21\x23-\x5b\x5d-\x7e]{1,100}$/),
  error_description: z.string().transform(foreignText).optional().catch(undefined),
});

type OAuthErrorBody = z.infer<typeof oauthErrorSchema>;

interface Meaning {
  readonly recovery: 'retry' | BlockedReason;
  /** For the employee; `{title}` is the server's. */
  readonly user: string;
}

const NOT_ALLOWED: Meaning = {
  recovery: 'denied',
  user: 'Your company has not given you access to {title}. Ask your administrator if you need it.',
};
const STEP_UP: Meaning = {
  recovery: 'step-up',
  user: '{title} needs a stronger or more recent sign-in. Sign in again.',
};
const NOT_SET_UP: Meaning = {
  recovery: 'misconfigured',
  user: '{title} is not set up for Lanyard yet. Your administrator has to finish it.',
};
const SIGN_IN_AGAIN: Meaning = {
  recovery: 'signed-out',
  user: 'Your sign-in is no longer accepted. Open Lanyard and sign in again.',
};
const PASSING: Meaning = { recovery: 'retry', user: '{title} cannot be reached at the moment. Lanyard keeps trying.' };

/**
 * Codes that mean the same wherever they come from (RFC 6749, 8693, 9396, 9470; the ID-JAG draft). A map, since every
 * object has a "constructor", which somebody may send as a code.
 */
const ANYWHERE: ReadonlyMap<string, Meaning> = new Map(
  Object.entries({
    access_denied: NOT_ALLOWED,
    insufficient_user_authentication: STEP_UP,
    invalid_target: NOT_SET_UP,
    invalid_scope: NOT_SET_UP,
    invalid_authorization_details: NOT_SET_UP,
    invalid_client: NOT_SET_UP,
    unauthorized_client: NOT_SET_UP,
    unsupported_grant_type: NOT_SET_UP,
    invalid_request: NOT_SET_UP,
    temporarily_unavailable: PASSING,
    server_error: PASSING,
    slow_down: PASSING,
  }),
);

/**
 * What a well-formed OAuth error means. `invalid_grant` is about the subject token at the IdP, so only signing in
 * again helps; at the AS it is about our ID-JAG, which was minted a moment ago, so the two do not trust each other.
 * A code that nobody defined is taken for a fault of the set-up: trying again would not change it.
 */
export function meaningOf(leg: Leg, error: string): Meaning {
  if (error === 'invalid_grant') return leg === 'token-exchange' ? SIGN_IN_AGAIN : NOT_SET_UP;
  return ANYWHERE.get(error) ?? NOT_SET_UP;
}

// A function, since a title may hold "$&" and its like, which mean something in a replacement text.
function sentence({ user }: Meaning, title: string): string {
  return user.replace('{title}', () => title);
}

function refusal(answerer: Answerer, status: number, body: OAuthErrorBody, afterMs: number | undefined): LanyardError {
  const { leg, issuer, title } = answerer;
  const meaning = meaningOf(leg, body.error);
  const { recovery: kind } = meaning;
  const recovery: Recovery =
    kind !== 'retry'
      ? { kind: 'blocked', reason: kind }
      : afterMs === undefined
        ? { kind: 'retry' }
        : { kind: 'retry', afterMs };
  return new LanyardError({
    code: `${leg}-${body.error.replaceAll('_', '-')}`,
    user: sentence(meaning, title),
    administrator: `${title}: ${leg === 'token-exchange' ? 'the identity provider' : 'the authorization server'} ${issuer} answered HTTP ${status} ${body.error}${body.error_description ? `: ${body.error_description}` : ''}.`,
    recovery,
  });
}

/**
 * Reads an answer of a token endpoint as far as the two legs agree. A refusal is final only when it is a well-formed
 * OAuth error with a 4xx status or, as some servers do, 200; 429, 5xx, HTML and everything else may pass.
 *
 * @throws {LanyardError} `<leg>-<error>` or `answer-…`, with its recovery.
 */
export async function readOAuthAnswer(response: Response, answerer: Answerer): Promise<unknown> {
  const { host } = new URL(answerer.issuer);
  let body: unknown;
  try {
    body = await response.json();
  } catch {
    throw answerFault(host, response, answerer.now);
  }
  const { status } = response;
  if (status === 429 || (status !== 200 && (status < 400 || status >= 500)))
    throw answerFault(host, response, answerer.now);
  const failed = oauthErrorSchema.safeParse(body);
  if (failed.success)
    throw refusal(answerer, status, failed.data, retryAfterMs(response.headers.get('retry-after'), answerer.now));
  if (status !== 200) throw answerFault(host, response, answerer.now);
  return body;
}

/** A 200 that does not have the form its standard demands: the other side is set up for something else. */
export function malformedAnswer({ leg, issuer, title }: Answerer, detail: string, cause?: unknown): LanyardError {
  return new LanyardError({
    code: `${leg}-malformed`,
    user: sentence(NOT_SET_UP, title),
    administrator: `${title}: ${issuer} answered the ${leg} with ${detail}.`,
    recovery: { kind: 'blocked', reason: 'misconfigured' },
    cause,
  });
}
