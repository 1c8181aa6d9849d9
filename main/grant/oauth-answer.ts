import { z } from 'zod';
import { LanyardError } from '../../shared/errors.ts';
import { answerFault, retryAfterMs } from '../egress/faults.ts';
import { notSetUp, refusalError } from '../identity/error-table-judgement.ts';

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

/** A code of RFC 6749 section 5.2; it ends up in logs and windows. */
export const errorSchema: z.ZodString = z.string().regex(/^[\x20-\x21\x23-\x5b\x5d-\x7e]{1,100}$/);
const oauthErrorSchema = z.looseObject({
  error: errorSchema,
  error_description: z.string().optional().catch(undefined),
});

/**
 * Reads an answer of a token endpoint as far as the two legs agree. A refusal is final only when it is a well-formed
 * OAuth error with a 4xx status or, as some servers do, 200; 429, 5xx, HTML and everything else may pass.
 *
 * @throws {LanyardError} `<leg>-<error>` as the error table judges it, or `answer-…` (retry).
 */
export async function readOAuthAnswer(response: Response, { leg, issuer, title, now }: Answerer): Promise<unknown> {
  const { host } = new URL(issuer);
  let body: unknown;
  try {
    body = await response.json();
  } catch {
    throw answerFault(host, response, now);
  }
  const { status } = response;
  if (status === 429 || (status !== 200 && (status < 400 || status >= 500))) throw answerFault(host, response, now);
  const failed = oauthErrorSchema.safeParse(body);
  if (failed.success) {
    const { error, error_description: description } = failed.data;
    const afterMs = retryAfterMs(response.headers.get('retry-after'), now);
    throw refusalError({ leg, issuer, title, status, error, description, afterMs, members: failed.data });
  }
  if (status !== 200) throw answerFault(host, response, now);
  return body;
}

/** A 200 that does not have the form its standard demands: the other side is set up for something else. */
export function malformedAnswer({ leg, issuer, title }: Answerer, detail: string, cause?: unknown): LanyardError {
  return new LanyardError({
    code: `${leg}-malformed`,
    user: notSetUp(leg, title),
    administrator: `${title}: ${issuer} answered the ${leg} with ${detail}.`,
    recovery: { kind: 'blocked', reason: 'misconfigured' },
    cause,
  });
}
