import type { Fetch } from '../../../main/egress/fetch.ts';
import type { SessionRecord } from '../../../main/vault/contents.ts';
import { type PolicyIdentityProvider, policySchema } from '../../../shared/policy.ts';
import { HOUR_MS, SECOND_MS } from '../world/durations.ts';
import { IDP_HOST, type Requests } from './requests.ts';

const ISSUER = `https://${IDP_HOST}`;
const TOKEN_ENDPOINT = `${ISSUER}/token`;
const CLIENT_ID = 'lanyard';
/** What most identity providers give an ID token, in ms. */
const ID_TOKEN_LIFE_MS = HOUR_MS;

/** Policy on the identity provider; `given` is what it does not leave out. */
export function identityProviderPolicy(given: { readonly checkIntervalMinutes?: number } = {}): PolicyIdentityProvider {
  const identityProvider = { issuer: ISSUER, clientId: CLIENT_ID, ...given };
  return policySchema.parse({ version: 1, company: 'Example', identityProvider, servers: [] }).identityProvider;
}

/** What policy says by itself. */
export const IDENTITY_PROVIDER: PolicyIdentityProvider = identityProviderPolicy();

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const HEADER = part({ alg: 'RS256' });
// Unchecked, as is usual for a token straight from the token endpoint (OpenID Connect Core section 3.1.3.7).
const SIGNATURE = part({});

function idToken(subject: string, now: number): string {
  const seconds = Math.floor(now / SECOND_MS);
  const claims = {
    iss: ISSUER,
    aud: CLIENT_ID,
    sub: subject,
    iat: seconds,
    exp: seconds + ID_TOKEN_LIFE_MS / SECOND_MS,
  };
  return `${HEADER}.${part(claims)}.${SIGNATURE}`;
}

const json = (body: object) => new Response(JSON.stringify(body), { headers: { 'content-type': 'application/json' } });

/** The session that a sign-in gives now. */
export function newSession(subject: string, now: number): SessionRecord {
  return {
    issuer: ISSUER,
    subject,
    idToken: idToken(subject, now),
    idTokenExpiresAt: now + ID_TOKEN_LIFE_MS,
    refreshToken: `${subject}-${now}`,
    provedAt: now,
  };
}

/** Stands in for the network between one agent and the IdP's metadata and token endpoint, which rotates refresh tokens. */
export function identityFetch(subject: string, requests: Requests, clock: () => number): Fetch {
  let rotations = 0;
  return async (url) => {
    // Metadata is a static file, on other machines than tokens are issued on.
    if (url !== TOKEN_ENDPOINT) return json({ issuer: ISSUER, token_endpoint: TOKEN_ENDPOINT });
    if ((await requests.toIdp('refresh')) === 503) return new Response('Service Unavailable', { status: 503 });
    rotations += 1;
    const refresh_token = `${subject}-refresh-${rotations}`;
    return json({ access_token: 'unused', token_type: 'Bearer', refresh_token, id_token: idToken(subject, clock()) });
  };
}
