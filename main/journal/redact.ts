/** A log line holds sentences, not documents: longer values are cut. Characters. */
const LONGEST_VALUE = 2_000;

/** Each shape below holds one of these; names and methods, which every call writes down, hold none. */
const MAY_HOLD_SECRET = /eyJ|lk_|[\s=]/;

// Shapes of things that must never be written down. The rule is that callers pass no secrets at all; this catches
// the day somebody forgets, e.g. an authorization server that echoes an assertion in its error_description.
const SECRETS: readonly RegExp[] = [
  // JWS and JWE in compact form, also when they were cut off: base64url of '{"' begins with eyJ.
  /eyJ[\w-]{8,}(?:\.[\w-]*){0,4}/g,
  // Credentials in header form. A word in small letters is none: "Basic authentication" is a sentence.
  /\b(?:[Bb]earer|BEARER|[Bb]asic|BASIC|D[Pp]o[Pp]|dpop)\s+(?![a-z]+[.,;:]?(?:\s|$))[\w.~+/=-]{8,}/g,
  // Parameters of OAuth messages and callback addresses.
  /\b(?:access_token|refresh_token|id_token|assertion|client_assertion|client_secret|subject_token|code|device_code|code_verifier|state|nonce)=[^&\s"']+/gi,
  // Local keys, in a header or in a path.
  /\blk_[\w-]{16,}/g,
];

/** Replaces everything that looks like a token, assertion, code, secret or local key, and cuts what is too long. */
export function redact(value: string): string {
  if (value.length <= LONGEST_VALUE && !MAY_HOLD_SECRET.test(value)) return value;
  const shortened = value.length > LONGEST_VALUE ? `${value.slice(0, LONGEST_VALUE)}…` : value;
  return SECRETS.reduce((text, pattern) => text.replace(pattern, '[redacted]'), shortened);
}
