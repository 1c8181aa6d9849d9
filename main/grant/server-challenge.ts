import { type Challenge, parseChallenge } from '../discovery/challenge.ts';

/** A quoted string, closed or not, which hides what is in it; or the start of a challenge (RFC 9110 section 11.6.1). */
const QUOTED_OR_SCHEME = /"(?:[^"\\]|\\.)*(?:"|$)|(?:^|,)\s*(bearer|dpop)(?=[\s,]|$)/gi;

// The challenge for the scheme that we used speaks of what we sent; one for the other scheme is an offer.
function challengeIn(header: string, scheme: 'Bearer' | 'DPoP'): Challenge | undefined {
  const wanted = scheme.toLowerCase();
  for (const match of header.matchAll(QUOTED_OR_SCHEME))
    if (match[1]?.toLowerCase() === wanted) return parseChallenge(header.slice(match.index));
  return parseChallenge(header);
}

/**
 * The challenge that says what is wrong with a token, among all of an answer's (RFC 6750 section 3, RFC 9449 section
 * 7.1); empty where none names an error. Never throws: it comes from outside.
 *
 * @param headers the values of `WWW-Authenticate`.
 * @param scheme how the token was sent.
 */
export function serverChallenge(headers: readonly string[], scheme: 'Bearer' | 'DPoP'): Challenge {
  const challenges = headers.map((header) => challengeIn(header, scheme));
  return challenges.find((challenge) => challenge?.error !== undefined) ?? {};
}
