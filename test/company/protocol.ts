/** `grant_type` of the token exchange at the IdP (RFC 8693 section 2.1). */
export const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
/** `grant_type` of the redemption at an authorization server (RFC 7523 section 2.1). */
export const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
/** `grant_type` of the device flow (RFC 8628 section 3.4). */
export const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';
/** Token type of an ID-JAG (draft-ietf-oauth-identity-assertion-authz-grant section 4.3). */
export const ID_JAG = 'urn:ietf:params:oauth:token-type:id-jag';
/** Token type of an ID token (RFC 8693 section 3). */
export const ID_TOKEN = 'urn:ietf:params:oauth:token-type:id_token';
/** Token type of a refresh token (RFC 8693 section 3). */
export const REFRESH_TOKEN = 'urn:ietf:params:oauth:token-type:refresh_token';
/** Grant profile that an authorization server advertises when it redeems ID-JAGs (the draft's section 7.2). */
export const ID_JAG_PROFILE = 'urn:ietf:params:oauth:grant-profile:id-jag';
/** `client_assertion_type` of `private_key_jwt` (RFC 7523 section 2.2). */
export const CLIENT_ASSERTION_JWT = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
/** `typ` header of an ID-JAG (the draft's section 3). */
export const ID_JAG_TYP = 'oauth-id-jag+jwt';

/** A refusal in the words of RFC 6749 section 5.2. */
export interface OAuthRefusal {
  readonly error: string;
  readonly description: string;
  /** HTTP status; 400 when absent. */
  readonly status?: number;
  /** Further members of the answer's body. */
  readonly members?: Readonly<Record<string, unknown>>;
  /** Further headers of the answer, by their names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Splits a `scope` value (RFC 6749 section 3.3); absent is empty. */
export function splitScope(scope: string | undefined): readonly string[] {
  return (scope ?? '').split(' ').filter(Boolean);
}
