import { createHash, randomBytes } from 'node:crypto';
import { importJWK, SignJWT } from 'jose';
import type { ClientAuthentication } from '../../../company/authentication.ts';
import type { Company, PolicyOptions } from '../../../company/company.ts';
import { CLIENT_ASSERTION_JWT, ID_JAG, ID_TOKEN, JWT_BEARER, TOKEN_EXCHANGE } from '../../../company/protocol.ts';
import { signInByScript } from '../../../company/sign-in.ts';

/** Nothing listens here: the tests read the redirect instead of receiving it. */
export const REDIRECT_URI = 'http://127.0.0.1:49152/callback';

/** An answer of a token endpoint. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The members of a token answer that tests read, all strings. */
export function member(answer: Answer, name: string): string {
  return String(answer.body[name]);
}

/** Adds client authentication to a token request, exactly as the RFCs write it. */
export async function authenticate(
  clientId: string,
  authentication: ClientAuthentication,
  audience: string,
  nowSeconds: number,
): Promise<{ readonly headers: Record<string, string>; readonly fields: Record<string, string> }> {
  switch (authentication.method) {
    case 'none':
      return { headers: {}, fields: { client_id: clientId } };
    case 'client_secret_post':
      return { headers: {}, fields: { client_id: clientId, client_secret: authentication.clientSecret } };
    case 'client_secret_basic': {
      const pair = [clientId, authentication.clientSecret].map(formEncode).join(':');
      return { headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }, fields: {} };
    }
    case 'private_key_jwt': {
      const { privateKey } = authentication;
      const assertion = await new SignJWT()
        .setProtectedHeader({ alg: privateKey.alg, kid: privateKey.kid })
        .setIssuer(clientId)
        .setSubject(clientId)
        .setAudience(audience)
        .setJti(randomBytes(16).toString('hex'))
        .setIssuedAt(nowSeconds)
        .setExpirationTime(nowSeconds + 60)
        .sign(await importJWK(privateKey, privateKey.alg));
      return { headers: {}, fields: { client_assertion_type: CLIENT_ASSERTION_JWT, client_assertion: assertion } };
    }
  }
}

/** Posts a form and reads the JSON answer. */
export async function postForm(
  url: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams(fields), headers });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: JSON.parse(text || '{}') };
}

/** Everything a client does by hand against one company, as one of its people. */
export function clientByHand(company: Company, options: PolicyOptions = {}, now: () => number = Date.now) {
  const { identityProvider, servers } = company.policy(options);
  const { issuer, clientId, authentication } = identityProvider;
  const seconds = () => Math.floor(now() / 1000);

  const atIdp = async (fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Answer> => {
    const proof = await authenticate(clientId, authentication, issuer, seconds());
    return postForm(`${issuer}/token`, { ...fields, ...proof.fields }, { ...proof.headers, ...headers });
  };
  const authorizationRequest = (extra: Record<string, string> = {}) => {
    const verifier = randomBytes(32).toString('base64url');
    const url = new URL(`${issuer}/auth`);
    url.search = new URLSearchParams({
      response_type: 'code',
      client_id: clientId,
      redirect_uri: REDIRECT_URI,
      scope: identityProvider.scopes.join(' '),
      state: 'the-state',
      nonce: 'the-nonce',
      code_challenge_method: 'S256',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      ...extra,
    }).toString();
    return { url, verifier };
  };
  const serverCalled = (name: string) => {
    const server = servers.find((one) => one.name === name);
    if (!server) throw new Error(`No server ${name}`);
    return server;
  };

  return {
    atIdp,
    authorizationRequest,
    signIn: async (
      username: string,
      extra: Record<string, string> = {},
      headers: Record<string, string> = {},
    ): Promise<Answer> => {
      const { url, verifier } = authorizationRequest(extra);
      const { password, otp } = company.person(username);
      const { callbackUrl } = await signInByScript({ url, username, password, otp, deliver: false });
      const code = new URL(callbackUrl).searchParams.get('code') ?? '';
      const fields = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI, code_verifier: verifier };
      return atIdp(fields, headers);
    },
    refresh: (refreshToken: string, headers: Record<string, string> = {}) =>
      atIdp({ grant_type: 'refresh_token', refresh_token: refreshToken }, headers),
    exchange: (name: string, idToken: string, changes: Record<string, string> = {}, headers = {}) => {
      const { url, authorizationServer, scopes } = serverCalled(name);
      const fields = {
        grant_type: TOKEN_EXCHANGE,
        requested_token_type: ID_JAG,
        audience: authorizationServer.issuer,
        resource: url,
        scope: scopes.join(' '),
        subject_token: idToken,
        subject_token_type: ID_TOKEN,
        ...changes,
      };
      return atIdp(fields, headers);
    },
    redeem: async (name: string, idJag: string, changes: Record<string, string> = {}, headers = {}) => {
      const { issuer: audience, clientId: id, authentication: method } = serverCalled(name).authorizationServer;
      const proof = await authenticate(id, method, audience, seconds());
      const fields = { grant_type: JWT_BEARER, assertion: idJag, ...proof.fields, ...changes };
      return postForm(tokenEndpointAt(audience), fields, { ...proof.headers, ...headers });
    },
    tokenEndpoint: `${issuer}/token`,
    tokenEndpointOf: (name: string) => tokenEndpointAt(serverCalled(name).authorizationServer.issuer),
    urlOf: (name: string) => serverCalled(name).url,
  };
}

/** One access token for a server, from sign-in to redemption. */
export async function accessTokenFor(company: Company, username: string, server: string): Promise<string> {
  const client = clientByHand(company);
  const tokens = await client.signIn(username);
  const idJag = await client.exchange(server, member(tokens, 'id_token'));
  return member(await client.redeem(server, member(idJag, 'access_token')), 'access_token');
}

/** The token endpoint of an authorization server, whose issuer may end with a slash. */
function tokenEndpointAt(issuer: string): string {
  return new URL('/token', issuer).href;
}

function formEncode(value: string): string {
  return new URLSearchParams({ '': value }).toString().slice(1);
}
