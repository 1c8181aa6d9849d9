import { None as NoSecret } from 'oauth4webapi';
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  Configuration,
  genericGrantRequest,
  None,
  refreshTokenGrant,
  tokenRevocation,
} from 'openid-client';
import { Agent } from 'undici';
import { onTestFinished } from 'vitest';
import { createFetch } from '../../../main/egress/fetch.ts';
import { processAccessTokenResponse, requestAccessToken } from '../../../main/grant/jwt-bearer.ts';
import { processIdJagResponse, requestIdJag, type TokenEndpoint } from '../../../main/grant/token-exchange.ts';
import type { ErrorLeg } from '../../../main/identity/error-table.ts';
import { identityFault } from '../../../main/identity/faults.ts';
import { STANDARD_QUIRKS } from '../../../main/identity/quirk-profiles.ts';
import { sendJson, serve } from '../fixtures.ts';
import { accessTo } from '../relay/access-to.ts';
import { called } from '../relay/calling.ts';

const TITLE = 'The notes';

/** Where an error is found: its members, with the status of the answer. */
export interface SentError {
  readonly status: number;
  readonly members: Readonly<Record<string, string>>;
}

/** What a server's challenge says besides: all that any error of a server is used with. */
const SCOPE = 'write';

/** A party whose every answer is this error, in the body or as a challenge. */
async function partyWith({ status, members }: SentError): Promise<string> {
  const challenge = Object.entries({ ...members, scope: SCOPE }).map(([name, value]) => `${name}="${value}"`);
  const headers = { 'www-authenticate': `DPoP ${challenge.join(', ')}`, 'dpop-nonce': 'n-1' };
  const { origin } = await serve(({ path }, response) =>
    path.startsWith('/mcp') ? sendJson(response, status, {}, headers) : sendJson(response, status, members),
  );
  return origin;
}

function realFetch() {
  const agent = new Agent();
  onTestFinished(() => agent.destroy());
  return createFetch(agent);
}

function configurationOf(origin: string): Configuration {
  const metadata = {
    issuer: origin,
    token_endpoint: `${origin}/token`,
    revocation_endpoint: `${origin}/revoke`,
    authorization_endpoint: `${origin}/authorize`,
  };
  const configuration = new Configuration(metadata, 'client', undefined, None());
  allowInsecureRequests(configuration);
  return configuration;
}

function endpointOf(origin: string): TokenEndpoint {
  return {
    authorizationServer: { issuer: origin, token_endpoint: `${origin}/token` },
    clientId: 'client',
    clientAuthentication: NoSecret(),
    fetch: realFetch(),
  };
}

const callbackWith = (parameters: Readonly<Record<string, string>>) =>
  new URL(`http://127.0.0.1/callback?${new URLSearchParams(parameters)}`);

async function thrownBy(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => new Error('It passed'),
    (error: unknown) => error,
  );
}

const answerer = (leg: 'token-exchange' | 'jwt-bearer', issuer: string) => ({ leg, issuer, title: TITLE, now: 0 });

async function throughLeg(leg: ErrorLeg, origin: string, { members }: SentError): Promise<unknown> {
  const identity = async (at: 'device' | 'code' | 'refresh' | 'revocation', work: Promise<unknown>) =>
    identityFault(origin, await thrownBy(work), at);
  const configuration = configurationOf(origin);
  switch (leg) {
    case 'authorization':
      return identity('code', authorizationCodeGrant(configuration, callbackWith(members)));
    case 'code':
      return identity(leg, authorizationCodeGrant(configuration, callbackWith({ code: 'c' })));
    case 'device': {
      const type = 'urn:ietf:params:oauth:grant-type:device_code';
      return identity(leg, genericGrantRequest(configuration, type, { device_code: 'd' }));
    }
    case 'refresh':
      return identity(leg, refreshTokenGrant(configuration, 'r'));
    case 'revocation':
      return identity(leg, tokenRevocation(configuration, 'r'));
    case 'token-exchange': {
      const parameters = { subjectToken: 't', subjectTokenType: 'id_token', audience: 'a', resource: 'r', scopes: [] };
      const response = await requestIdJag(endpointOf(origin), parameters as Parameters<typeof requestIdJag>[1]);
      return thrownBy(processIdJagResponse(response, answerer(leg, origin)));
    }
    case 'jwt-bearer': {
      const parameters = { assertion: 'a', resource: 'r', scope: '' };
      const response = await requestAccessToken(endpointOf(origin), parameters, STANDARD_QUIRKS);
      return thrownBy(processAccessTokenResponse(response, answerer(leg, origin)));
    }
    case 'server':
      return (await callAfter(origin)).fault;
  }
}

async function callAfter(origin: string) {
  const access = accessTo(origin, undefined, { tokenType: 'DPoP', grantable: [SCOPE] });
  const { fault } = await called(access);
  return { fault, mints: access.mints(), kept: access.keeper.state.token?.accessToken };
}

/** What a call has cost whose server gives this error again and again, and the token that is left. */
export async function callWith(sent: SentError) {
  return callAfter(await partyWith(sent));
}

/** What a real answer with this error becomes on its way through the code of one leg. */
export async function errorAfter(leg: ErrorLeg, sent: SentError): Promise<unknown> {
  return throughLeg(leg, await partyWith(sent), sent);
}
