/** What a client assertion's `aud` may be: the issuer, the token endpoint, or any of them (RFC 7523 section 3). */
export type AssertionAudience = 'either' | 'issuer' | 'token-endpoint';

/** How credentials are read out of Basic: form-decoded as RFC 6749 section 2.3.1 says, or taken as they are. */
export type BasicCredentials = 'form' | 'plain';

/** Ways in which real authorization servers differ. */
export interface AsQuirks {
  /** Whether an ID-JAG may be redeemed again until it expires; Auth0 allows it. */
  readonly replay: 'reject' | 'allow';
  /** Whether the issuer ends with a slash wherever it is named; as with Auth0. */
  readonly issuerTrailingSlash: boolean;
  /** Whether the metadata's `issuer` differs by one trailing slash from what everything else calls it. */
  readonly metadataIssuer: 'exact' | 'other-slash';
  /** What happens to a `scope` parameter at a redemption; Okta has refused it with `invalid_request`. */
  readonly scope: 'accept' | 'refuse';
  /** What happens with a `resource` parameter: missing is `invalid_target` (RFC 8707), unwanted `invalid_request`. */
  readonly resource: 'optional' | 'required' | 'refuse';
  readonly assertionAudience: AssertionAudience;
  readonly basic: BasicCredentials;
  /** Whether OAuth errors come with their status or with 200; Slack does the latter. */
  readonly errors: 'status' | '200';
}

/** The same for the IdP. */
export type IdpQuirks = Pick<AsQuirks, 'assertionAudience' | 'basic'>;

/** An authorization server as the standards describe it. */
export const NO_QUIRKS: AsQuirks = {
  replay: 'reject',
  issuerTrailingSlash: false,
  metadataIssuer: 'exact',
  scope: 'accept',
  resource: 'optional',
  assertionAudience: 'either',
  basic: 'form',
  errors: 'status',
};

/** The values of `aud` that a client assertion may have. */
export function assertionAudiences(which: AssertionAudience, issuer: string, tokenEndpoint: string): readonly string[] {
  if (which === 'issuer') return [issuer];
  return which === 'token-endpoint' ? [tokenEndpoint] : [issuer, tokenEndpoint];
}

/** The same address with a slash at its end, or without when it had one. */
export function withOtherSlash(issuer: string): string {
  return issuer.endsWith('/') ? issuer.slice(0, -1) : `${issuer}/`;
}
