import type { IncomingMessage, ServerResponse } from 'node:http';
import type Provider from 'oidc-provider';
import type { Clock } from '../clock.ts';
import type { Counter } from '../counts.ts';
import type { DpopParty } from '../dpop/party.ts';
import { peekForm } from '../grant-type.ts';
import { headerOf, pathOf, sendJson, setHeaders } from '../http.ts';
import { DEVICE_CODE, type OAuthRefusal } from '../protocol.ts';
import { createSweep } from '../sweep.ts';
import { IDP_TOKEN_PATH } from './quirks.ts';

/** What looking at proofs needs. */
export interface ProvedGrantsParts {
  readonly provider: Provider;
  readonly dpop: DpopParty;
  readonly clock: Clock;
  readonly refreshTokenSeconds: number;
  readonly counter: Counter;
}

/** The grants that oidc-provider answers by itself; the token exchange looks at its proofs on its own. */
const GRANTS: readonly (string | null)[] = ['authorization_code', 'refresh_token', DEVICE_CODE];

/**
 * Looks at proofs before oidc-provider does anything, so that no refusal spends a code or a refresh token; by the
 * company's clock and nonces, where oidc-provider would go by its own. Binds what a public client gets to its key.
 *
 * @returns gives true where the request was refused, and so answered.
 */
export function proveGrants({ provider, dpop, clock, refreshTokenSeconds, counter }: ProvedGrantsParts) {
  const proved = new WeakMap<IncomingMessage, string>();
  const bound = new Map<string, { readonly jkt: string; readonly untilMs: number }>();
  const sweep = createSweep(bound, ({ untilMs }) => untilMs <= clock());

  provider.use(async (ctx, next) => {
    await next();
    const jkt = proved.get(ctx.req);
    if (jkt === undefined || ctx.status !== 200) return;
    const body = ctx.body as { readonly refresh_token?: string };
    ctx.body = { ...body, token_type: 'DPoP' };
    if (body.refresh_token === undefined || ctx.oidc?.client?.clientAuthMethod !== 'none') return;
    bound.set(body.refresh_token, { jkt, untilMs: clock() + refreshTokenSeconds * 1000 });
    sweep();
  });

  const judge = async (request: IncomingMessage, form: URLSearchParams): Promise<OAuthRefusal | undefined> => {
    const url = `${provider.issuer}${IDP_TOKEN_PATH}`;
    const proof = await dpop.judge(headerOf(request, 'dpop'), { method: 'POST', url });
    if ('refusal' in proof) return proof.refusal;
    const boundTo = bound.get(form.get('refresh_token') ?? '')?.jkt;
    if (boundTo !== undefined && boundTo !== proof.jkt)
      return { error: 'invalid_grant', description: 'The refresh token is bound to another key' };
    if (proof.jkt !== undefined) proved.set(request, proof.jkt);
    return undefined;
  };

  return async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    if (!dpop.demand || request.method !== 'POST' || pathOf(request) !== IDP_TOKEN_PATH) return false;
    const form = await peekForm(request);
    if (!form || !GRANTS.includes(form.get('grant_type'))) return false;
    setHeaders(response, dpop.headers());
    const refusal = await judge(request, form);
    if (!refusal) return false;
    if (form.get('grant_type') === 'refresh_token') counter.add('refusedRefreshes');
    setHeaders(response, refusal.headers);
    sendJson(response, 400, { error: refusal.error, error_description: refusal.description });
    return true;
  };
}
