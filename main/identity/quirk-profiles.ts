import type { QuirkProfile, Quirks } from '../../shared/quirks.ts';

/** What the standards say, and where they leave a choice, what most authorization servers take. */
export const STANDARD_QUIRKS: Quirks = {
  assertionAudience: 'issuer',
  basicEncoding: 'form',
  // The scopes are in the ID-JAG already; neither the ID-JAG draft nor EMA section 5 has a scope here.
  scopeOnRedemption: 'omit',
  resourceOnRedemption: 'send',
  issuerSlash: 'exact',
  idJagReuse: 'never',
};

/** Where each vendor departs from {@link STANDARD_QUIRKS}. */
export const QUIRK_PROFILES: Readonly<Record<QuirkProfile, Partial<Quirks>>> = {
  standard: {},
  // A client assertion is for the token endpoint's URL, and "the id-jag request must not include a 'scope' parameter".
  okta: { assertionAudience: 'token-endpoint', scopeOnRedemption: 'omit' },
  // Issuers end with "/", which people leave out when they copy them; an ID-JAG is taken until it expires.
  auth0: { issuerSlash: 'ignore', idJagReuse: 'while-valid' },
  // OAuth errors come with HTTP 200, which is judged by its code wherever it comes from.
  slack: {},
};

/** Whose address belongs to which profile: a host itself, or with "." in front everything below it. */
const PROFILE_OF_HOST: readonly (readonly [string, QuirkProfile])[] = [
  ['.okta.com', 'okta'],
  ['.oktapreview.com', 'okta'],
  ['.okta-emea.com', 'okta'],
  ['.auth0.com', 'auth0'],
  ['slack.com', 'slack'],
  ['.slack.com', 'slack'],
];

/** What is known of an authorization server, or of the IdP. */
export interface QuirkSource {
  /** Absent or not a URL: no profile is chosen by the host. */
  readonly issuer?: string | undefined;
  /** The profile that policy names; it takes the place of the one by the host. */
  readonly profile?: QuirkProfile | undefined;
  /** What policy says itself; it has the last word. */
  readonly quirks?: { readonly [K in keyof Quirks]?: Quirks[K] | undefined };
}

/** The profile that an issuer's host stands for; `standard` where the host is nobody's we know. */
export function profileOfIssuer(issuer: string | undefined): QuirkProfile {
  if (issuer === undefined || !URL.canParse(issuer)) return 'standard';
  const { hostname } = new URL(issuer);
  const found = PROFILE_OF_HOST.find(([host]) => (host.startsWith('.') ? hostname.endsWith(host) : hostname === host));
  return found?.[1] ?? 'standard';
}

/** Every quirk decided: the standard, then the profile (policy's, else the host's), then policy's own words. */
export function quirksOf({ issuer, profile = profileOfIssuer(issuer), quirks = {} }: QuirkSource): Quirks {
  const said = Object.fromEntries(Object.entries(quirks).filter(([, value]) => value !== undefined));
  return { ...STANDARD_QUIRKS, ...QUIRK_PROFILES[profile], ...said };
}
