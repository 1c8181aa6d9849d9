/** A `Bearer` or `DPoP` challenge (RFC 9110 section 11.6.1, RFC 6750 section 3): its parameters by name. */
export type Challenge = Readonly<Record<string, string>>;

const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const QUOTED = /"((?:[^"\\]|\\.)*)"/y;
const SEPARATORS = /[\s,]*/y;
const EQUALS = /\s*=\s*/y;
/** Credentials instead of parameters (RFC 9110 section 11.2), as a proxy's Negotiate or NTLM sends them. */
const TOKEN68 = / +[A-Za-z0-9._~+/-]+=*(?=\s*(?:,|$))/y;

/** No real challenge is longer, in characters; longer ones are not read. */
export const LONGEST_CHALLENGE = 8 * 1024;

/**
 * Reads the parameters of the first `Bearer` or `DPoP` challenge of a `WWW-Authenticate` header; `undefined` where
 * there is none or the header does not parse. Never throws: the header comes from outside.
 */
export function parseChallenge(header: string | null | undefined): Challenge | undefined {
  if (!header || header.length > LONGEST_CHALLENGE) return undefined;
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(header);
    if (match) at = pattern.lastIndex;
    return match;
  };
  let scheme: string | undefined;
  let found: Record<string, string> | undefined;
  while (at < header.length) {
    take(SEPARATORS);
    const word = take(TOKEN)?.[0];
    if (word === undefined) return found;
    if (!take(EQUALS)) {
      if (found) return found;
      scheme = word.toLowerCase();
      if (scheme === 'bearer' || scheme === 'dpop') found = {};
      else take(TOKEN68);
      continue;
    }
    const quoted = take(QUOTED);
    const value = quoted ? (quoted[1] ?? '').replace(/\\(.)/g, '$1') : take(TOKEN)?.[0];
    if (value === undefined) return found;
    if (found) found[word.toLowerCase()] = value;
  }
  return found;
}
