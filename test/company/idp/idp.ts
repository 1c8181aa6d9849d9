import type { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import Provider from 'oidc-provider';
import type { Counter } from '../counts.ts';
import { type DpopParty, WITHOUT_DPOP } from '../dpop/party.ts';
import type { FaultPlace } from '../faults.ts';
import { type Handler, pathOf, readForm } from '../http.ts';
import { newRs256Key } from '../keys.ts';
import type { Ledger } from '../ledger.ts';
import type { Settings } from '../options.ts';
import type { Directory } from '../people.ts';
import type { IdpClients } from './clients.ts';
import { idpConfiguration } from './configuration.ts';
import type { RegisteredServer } from './exchange-request.ts';
import { countOutcomes } from './outcomes.ts';
import { proveGrants } from './proved-grants.ts';
import { encodeBasic } from './quirks.ts';
import { handleSignIn, isSignInPath } from './sign-in.ts';
import { createIdpStorage } from './storage.ts';
import { finishTokenAnswers } from './token-answer.ts';
import { registerTokenExchange } from './token-exchange.ts';

/** What the IdP is made of. */
export interface IdpOptions {
  readonly issuer: string;
  readonly settings: Settings;
  readonly directory: Directory;
  readonly clients: IdpClients;
  readonly servers: () => readonly RegisteredServer[];
  readonly ledger: Ledger;
  readonly counter: Counter;
  /** What the IdP makes of DPoP proofs; nothing when absent. */
  readonly dpop?: DpopParty;
  /** Takes what goes wrong inside, which Koa would otherwise print. */
  readonly troubles: unknown[];
}

/** A running IdP. */
export interface Idp {
  readonly handler: Handler;
  readonly jwksUri: string;
  /** Ends the subject's browser sessions and revokes all their tokens at the IdP. */
  revokeSubject(subject: string): void;
}

const BROKEN_CONNECTION = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED']);
const JWKS_PATH = '/jwks';
const END_SESSION_PATH = '/session/end';

const PLACES: Readonly<Record<string, FaultPlace>> = {
  '/.well-known/openid-configuration': 'idp-metadata',
  [JWKS_PATH]: 'idp-jwks',
  '/auth': 'idp-authorization',
  '/device/auth': 'idp-device',
  '/token': 'idp-token',
  '/token/revocation': 'idp-revocation',
};

/** Which place of the IdP a path is. */
export function idpPlace(path: string): FaultPlace | undefined {
  return PLACES[path];
}

/** The identity provider: oidc-provider with the company's people, pages and rules. */
export async function createIdp(options: IdpOptions): Promise<Idp> {
  const { issuer, settings, directory, counter, ledger, dpop = WITHOUT_DPOP } = options;
  const { clock, refreshReuseGraceSeconds, omitIdTokenOnRefresh } = settings;
  const storage = createIdpStorage({ clock, refreshReuseGraceSeconds, onIssued: (value) => ledger.record(value) });
  const parts = {
    issuer,
    settings,
    directory,
    clients: options.clients,
    storage,
    dpop,
    signingKey: await newRs256Key(),
  };
  const provider = new Provider(issuer, idpConfiguration(parts));
  provider.on('server_error', (_ctx, error) => void options.troubles.push(error));
  // Koa prints every error that nobody listens for, broken connections included; those are wanted here.
  (provider as EventEmitter).on('error', (error: Error & { code?: string }) => {
    if (!BROKEN_CONNECTION.has(error.code ?? '')) options.troubles.push(error);
  });
  registerTokenExchange({ ...parts, provider, servers: options.servers, ledger, counter });
  finishTokenAnswers(provider, { clock, omitIdTokenOnRefresh, storage, signingKey: parts.signingKey, ledger, counter });
  countOutcomes(provider, counter);
  const { refreshTokenSeconds } = settings.lifetimes;
  const isUnproved = proveGrants({ provider, dpop, clock, refreshTokenSeconds, counter });
  const answer = provider.callback();
  const signIn = { provider, directory, company: settings.name, counter };
  return {
    jwksUri: `${issuer}${JWKS_PATH}`,
    revokeSubject: (subject) => storage.dropSubject(subject),
    handler: async (request, response) => {
      if (isSignInPath(pathOf(request))) return handleSignIn(signIn, request, response);
      if (pathOf(request) === END_SESSION_PATH && request.method === 'POST') return answerAsGet(request, response);
      if (await isUnproved(request, response)) return;
      if (settings.idpQuirks.basic === 'plain') encodeBasic(request);
      request.url = withOfflineConsent(request.url ?? '/');
      return answer(request, response);
    },
  };
}

/**
 * Lets a posted sign-out go on as GET. oidc-provider takes POST only together with cookies that browsers refuse
 * without https; a redirect brings the session's cookie even when another site has posted.
 */
async function answerAsGet(request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.writeHead(303, { location: `${END_SESSION_PATH}?${await readForm(request)}`, 'cache-control': 'no-store' });
  response.end();
}

/**
 * Adds `prompt=consent` to an authorization request for `offline_access`. oidc-provider drops that scope
 * without it; the larger IdPs do not, and OpenID Connect Core section 11 allows other conditions to stand in.
 * The company's condition is its administrator's consent, so nobody sees a page for it.
 */
function withOfflineConsent(url: string): string {
  const parsed = new URL(url, 'http://127.0.0.1');
  const prompt = parsed.searchParams.get('prompt') ?? '';
  const scopes = parsed.searchParams.get('scope')?.split(' ') ?? [];
  if (parsed.pathname !== '/auth' || !scopes.includes('offline_access')) return url;
  if (prompt === 'none' || prompt.split(' ').includes('consent')) return url;
  parsed.searchParams.set('prompt', `${prompt} consent`.trim());
  return `${parsed.pathname}${parsed.search}`;
}
