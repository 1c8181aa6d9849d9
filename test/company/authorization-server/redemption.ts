import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRemoteJWKSet } from 'jose';
import { type DpopParty, WITHOUT_DPOP } from '../dpop/party.ts';
import { headerOf, readForm, sendJson, setHeaders } from '../http.ts';
import type { SigningKey } from '../keys.ts';
import type { OAuthRefusal } from '../protocol.ts';
import { issueAccessToken } from './access-token.ts';
import { type IdJag, judgeAssertion } from './assertion.ts';
import { readClaimed, refuseClient } from './client-authentication.ts';
import type { AuthorizationServerOptions } from './options.ts';
import { type AsQuirks, assertionAudiences } from './quirks.ts';
import { grantedScope, refuseRequest } from './redemption-request.ts';
import { createReplayGuard } from './replay.ts';

/** What redemptions need besides the options of their authorization server. */
export interface RedemptionParts {
  readonly quirks: AsQuirks;
  readonly tokenEndpoint: string;
  readonly key: SigningKey;
  /** A new `jti` for an access token. */
  readonly newTokenId: () => string;
}

interface Redeemable {
  readonly idJag: IdJag;
  /** The key to bind the access token to. */
  readonly jkt: string | undefined;
}

type Verdict = Redeemable | { readonly refusal: OAuthRefusal };

/** Answers token requests: an ID-JAG that passes every rule becomes an access token. */
export function createRedemption(options: AuthorizationServerOptions, parts: RedemptionParts) {
  const { clock, counter, issuer, ledger, dpop = WITHOUT_DPOP } = options;
  const { quirks, key } = parts;
  const judge = createJudge(options, parts, dpop);
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const form = await readForm(request);
    ledger.record(form.get('assertion') ?? undefined, form.get('client_assertion') ?? undefined);
    const verdict = await judge(request, form);
    setHeaders(response, dpop.headers());
    if ('refusal' in verdict) {
      counter.add('refusedRedemptions');
      return refuse(response, verdict.refusal, issuer, quirks);
    }
    const { idJag, jkt } = verdict;
    const scope = grantedScope(idJag, form.get('scope') ?? undefined);
    const { accessTokenSeconds: lifetimeSeconds } = options;
    const tokenId = parts.newTokenId();
    const token = await issueAccessToken({ issuer, tokenId, idJag, scope, jkt, lifetimeSeconds, clock, key });
    ledger.record(token);
    counter.addAt(options.serverName, 'redemptions');
    const type = jkt === undefined ? 'Bearer' : 'DPoP';
    const expiry = options.omitExpiresIn ? {} : { expires_in: lifetimeSeconds };
    sendJson(response, 200, { access_token: token, token_type: type, ...expiry, scope });
  };
}

function createJudge(options: AuthorizationServerOptions, parts: RedemptionParts, dpop: DpopParty) {
  const { client, clock, issuer, resource, idp } = options;
  const { quirks, tokenEndpoint } = parts;
  const replay = createReplayGuard(clock);
  const idpKeys = createRemoteJWKSet(new URL(idp.jwksUri), { cacheMaxAge: Number.POSITIVE_INFINITY });
  const audiences = assertionAudiences(quirks.assertionAudience, issuer, tokenEndpoint);
  const check = {
    idpIssuer: idp.issuer,
    idpKeys,
    issuer,
    clientId: client.clientId,
    resource,
    clock,
    replay: quirks.replay === 'allow' ? { firstUse: () => true } : replay,
  };
  return async (request: IncomingMessage, form: URLSearchParams): Promise<Verdict> => {
    const claimed = readClaimed(request.headers.authorization, form, quirks.basic);
    const refusal =
      (await refuseClient(claimed, { client, audiences, clock, replay })) ?? refuseRequest(form, resource, quirks);
    if (refusal) return { refusal };
    // Before the assertion, which a request that lacks only a nonce must not spend.
    const proved = { method: request.method ?? '', url: tokenEndpoint };
    const proof = await dpop.judge(headerOf(request, 'dpop'), proved);
    if ('refusal' in proof) return proof;
    const isBinding = dpop.demand !== undefined && !dpop.isIgnoring();
    const assertion = form.get('assertion') ?? '';
    const verdict = await judgeAssertion(assertion, { ...check, proof: isBinding ? proof : undefined });
    return 'refusal' in verdict ? verdict : { idJag: verdict.idJag, jkt: proof.jkt };
  };
}

function refuse(response: ServerResponse, refusal: OAuthRefusal, realm: string, { errors }: AsQuirks): void {
  setHeaders(response, refusal.headers);
  const status = errors === '200' ? 200 : (refusal.status ?? 400);
  if (status === 401) response.setHeader('www-authenticate', `Basic realm="${realm}"`);
  sendJson(response, status, { error: refusal.error, error_description: refusal.description, ...refusal.members });
}
