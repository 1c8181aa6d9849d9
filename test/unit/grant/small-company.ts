import type { ServerResponse } from 'node:http';
import { Agent } from 'undici';
import { onTestFinished } from 'vitest';
import { createMetadataCache } from '../../../main/discovery/metadata-cache.ts';
import { createFetch } from '../../../main/egress/fetch.ts';
import type { MintContext } from '../../../main/grant/mint.ts';
import { createIdentityProvider } from '../../../main/identity/provider.ts';
import type { PolicyServer } from '../../../shared/policy.ts';
import { type SeenRequest, sendJson, serve, virtualClock } from '../fixtures.ts';

/** Answers one request of a kind; `number` counts them from 1. */
export type Answer = (response: ServerResponse, number: number) => unknown;

/** Answers that a test wants to be other than right. */
export interface Answers {
  readonly exchange?: Answer;
  readonly redeem?: Answer;
  /** The issuer of the authorization server, for each time it is asked for. */
  readonly issuer?: (origin: string, number: number) => string;
}

const rightExchange: Answer = (response, number) =>
  sendJson(response, 200, {
    issued_token_type: 'urn:ietf:params:oauth:token-type:id-jag',
    access_token: `id-jag-${number}`,
    token_type: 'N_A',
    scope: 'notes:read',
  });
const rightRedemption: Answer = (response, number) =>
  sendJson(response, 200, { access_token: `token-${number}`, token_type: 'Bearer', expires_in: 600 });

/** Identity provider, authorization server and the metadata of one server, all on one real port. */
export async function smallCompany({ exchange = rightExchange, redeem = rightRedemption, issuer }: Answers = {}) {
  const counts = { exchange: 0, redeem: 0, resource: 0 };
  const site = await serve(({ path, headers }: SeenRequest, response) => {
    const origin = `http://${headers.host}`;
    const issuerNow = () => issuer?.(origin, counts.resource) ?? `${origin}/as`;
    switch (path) {
      case '/.well-known/openid-configuration':
        return sendJson(response, 200, { issuer: origin, token_endpoint: `${origin}/idp/token` });
      case '/.well-known/oauth-protected-resource/mcp':
        counts.resource += 1;
        return sendJson(response, 200, { resource: `${origin}/mcp`, authorization_servers: [issuerNow()] });
      case new URL(issuerNow()).pathname.replace(/^/, '/.well-known/oauth-authorization-server'):
        return sendJson(response, 200, { issuer: issuerNow(), token_endpoint: `${origin}/as/token` });
      case '/idp/token':
        counts.exchange += 1;
        return exchange(response, counts.exchange);
      case '/as/token':
        counts.redeem += 1;
        return redeem(response, counts.redeem);
      default:
        return response.writeHead(404).end();
    }
  });
  const clock = virtualClock();
  const agent = new Agent();
  onTestFinished(() => agent.destroy());
  const fetch = createFetch(agent);
  const server: PolicyServer = {
    name: 'notes',
    title: 'The notes',
    url: `${site.origin}/mcp`,
    scopes: ['notes:read', 'notes:write'],
    authorizationServer: {
      clientId: 'at-the-as',
      authentication: { method: 'client_secret_post', clientSecret: 's' },
    },
  };
  const provider = createIdentityProvider(
    {
      issuer: site.origin,
      clientId: 'at-the-idp',
      authentication: { method: 'none' },
      scopes: ['openid'],
      redirectPorts: [],
    },
    fetch,
    clock,
  );
  const session = {
    issuer: site.origin,
    subject: 'ada',
    idToken: 'the.id.token',
    idTokenExpiresAt: clock() + 600_000,
    provedAt: clock(),
  };
  const context: MintContext = {
    provider,
    session: {
      current: session,
      endedBy: undefined,
      refused: () => {},
      fresh: async () => session,
      begin: async () => {},
      end: async () => {},
    },
    metadata: createMetadataCache(clock),
    fetch,
    clock,
  };
  const forms = (path: string) =>
    site.seen
      .filter((request) => request.path === path)
      .map(({ body }) => Object.fromEntries(new URLSearchParams(body)));
  return { site, server, context, clock, counts, forms };
}
