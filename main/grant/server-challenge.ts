import type { LanyardError } from '../../shared/errors.ts';
import type { StepUp } from '../../shared/step-up.ts';
import { type Challenge, LONGEST_CHALLENGE, parseChallenge } from '../discovery/challenge.ts';
import type { Behaviour } from '../identity/error-table.ts';
import { errorRow, refusalError, stepUpOf } from '../identity/error-table-judgement.ts';
import { errorSchema } from './oauth-answer.ts';

/**
 * A quoted string, closed or not, which hides what is in it; or the start of a challenge (RFC 9110 section 11.6.1). A
 * backslash may be the last of all: a string that did not match would be tried again from each quote within it.
 */
const QUOTED_OR_SCHEME = /"(?:[^"\\]|\\.?)*(?:"|$)|(?:^|,)\s*(bearer|dpop)(?=[\s,]|$)/gi;

// The challenge for the scheme that we used speaks of what we sent; one for the other scheme is an offer.
function challengeIn(header: string, scheme: 'Bearer' | 'DPoP'): Challenge | undefined {
  if (header.length > LONGEST_CHALLENGE) return undefined;
  const wanted = scheme.toLowerCase();
  for (const match of header.matchAll(QUOTED_OR_SCHEME))
    if (match[1]?.toLowerCase() === wanted) return parseChallenge(header.slice(match.index));
  return parseChallenge(header);
}

/** A server's word about the access that it was shown. */
export interface ServerRefusal {
  readonly status: number;
  readonly challenge: Challenge;
  /** The row of the error table that it falls under. */
  readonly error: string;
}

/** Without an error, all that a server says is that the token did not get through to it as one. */
const REFUSED_TOKEN = 'invalid_token';

/**
 * The challenge that says what is wrong with a token, among all of an answer's (RFC 6750 section 3, RFC 9449 section
 * 7.1); empty where none names an error.
 */
function serverChallenge(headers: readonly string[], scheme: 'Bearer' | 'DPoP'): Challenge {
  const challenges = headers.map((header) => challengeIn(header, scheme));
  return challenges.find((challenge) => challenge?.error !== undefined) ?? {};
}

/**
 * Reads the refusal in a server's 401 or 403. Never throws: it comes from outside, and what is malformed counts as absent.
 *
 * @param headers the values of `WWW-Authenticate`.
 * @param scheme how the token was sent.
 */
export function serverRefusal(status: number, headers: readonly string[], scheme: 'Bearer' | 'DPoP'): ServerRefusal {
  const challenge = serverChallenge(headers, scheme);
  return { status, challenge, error: errorSchema.safeParse(challenge.error).data ?? REFUSED_TOKEN };
}

/** The same, taken for the refusal of a token, whatever error it names. */
export function asRefusedToken(refusal: ServerRefusal): ServerRefusal {
  return { ...refusal, error: REFUSED_TOKEN };
}

/** What the error table has us do about a refusal. */
export function behaviourOf({ error }: ServerRefusal): Behaviour {
  return errorRow('server', error).behaviour;
}

/** What the next sign-in has to bring for this server; empty where it does not say. */
export function demandedSignIn({ challenge }: ServerRefusal): StepUp {
  return stepUpOf(challenge) ?? {};
}

/** The error that a refusal is where nothing more can be done about it: code, both sentences and recovery. */
export function serverFault(
  { url, title }: { readonly url: string; readonly title: string },
  { status, challenge, error: countsAs }: ServerRefusal,
): LanyardError {
  const error = errorSchema.safeParse(challenge.error).data ?? 'without naming an error';
  const description = challenge.error_description;
  return refusalError({ leg: 'server', issuer: url, title, status, error, countsAs, description, members: challenge });
}
