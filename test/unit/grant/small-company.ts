import type { ServerResponse } from 'node:http';
import { Agent } from 'undici';
import { onTestFinished } from 'vitest';
import { createMetadataCache } from '../../../main/discovery/metadata-cache.ts';
import { createFetch } from '../../../main/egress/fetch.ts';
import { type MintContext, type MintOptions, mintGrant } from '../../../main/grant/mint.ts';
import { createIdentityProvider } from '../../../main/identity/provider.ts';
import type { Subject } from '../../../main/identity/session-owner.ts';
import type { LanyardError } from '../../../shared/errors.ts';
import type { PolicyServer } from '../../../shared/policy.ts';
import { policyIdentityProvider, policyServer, type SeenRequest, sendJson, serve, virtualClock } from '../fixtures.ts';
import { dpopInMemory } from '../identity/dpop-in-memory.ts';

/** Answers one request of a kind; `number` counts them from 1. */
export type Answer = (response: ServerResponse, number: number) => unknown;

/** Answers that a test wants to be other than right. */
export interface Answers {
  readonly exchange?: Answer;
  readonly redeem?: Answer;
  /** What the server's metadata says besides. */
  readonly resource?: object;
  /** The issuer of the authorization server, for each time it is asked for. */
  readonly issuer?: (origin: string, number: number) => string;
  /** The subject tokens that the session gives, one after the other; the last one stays. */
  readonly subjectTokens?: readonly Pick<Subject, 'token' | 'type'>[];
  /** What policy says of the authorization server besides. */
  readonly authorizationServer?: object;
  /** What policy says of the identity provider besides. */
  readonly identityProvider?: object;
}

/** Mints as a keeper does that asks for nothing special. */
export function mint(server: PolicyServer, context: MintContext, options: Partial<MintOptions> = {}) {
  const { signal } = new AbortController();
  return mintGrant(server, { extraScopes: [], signal, onIdJag: () => {}, ...options }, context);
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
export async function smallCompany({
  exchange = rightExchange,
  redeem = rightRedemption,
  resource = {},
  issuer,
  subjectTokens = [{ token: 'the.id.token', type: 'id_token' }],
  authorizationServer = {},
  identityProvider = {},
}: Answers = {}) {
  const counts = { exchange: 0, redeem: 0, resource: 0 };
  const site = await serve(({ path, headers }: SeenRequest, response) => {
    const origin = `http://${headers.host}`;
    const issuerNow = () => issuer?.(origin, counts.resource) ?? `${origin}/as`;
    switch (path) {
      case '/.well-known/openid-configuration':
        return sendJson(response, 200, { issuer: origin, token_endpoint: `${origin}/idp/token` });
      case '/.well-known/oauth-protected-resource/mcp':
        counts.resource += 1;
        return sendJson(response, 200, {
          resource: `${origin}/mcp`,
          authorization_servers: [issuerNow()],
          ...resource,
        });
      case `/.well-known/oauth-authorization-server${new URL(issuerNow()).pathname.replace(/\/$/, '')}`:
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
  const server = policyServer({
    url: `${site.origin}/mcp`,
    scopes: ['notes:read', 'notes:write'],
    authorizationServer: {
      clientId: 'at-the-as',
      // A secret belongs to one issuer, so an authorization server that moves has none.
      ...(!issuer && {
        issuer: `${site.origin}/as`,
        authentication: { method: 'client_secret_post', clientSecret: 's' },
      }),
      ...authorizationServer,
    },
  });
  const policy = policyIdentityProvider({ issuer: site.origin, ...identityProvider });
  const provider = createIdentityProvider(policy, fetch, clock);
  const session = {
    issuer: site.origin,
    subject: 'ada',
    idToken: 'the.id.token',
    idTokenExpiresAt: clock() + 600_000,
    provedAt: clock(),
  };
  const rejected: (string | undefined)[] = [];
  const refused: { readonly subject: Subject; readonly error: LanyardError }[] = [];
  const context: MintContext = {
    provider,
    session: {
      current: session,
      endedBy: undefined,
      refused: (subject, error) => void refused.push({ subject, error }),
      fresh: async (refusedToken) => {
        const subject = subjectTokens[Math.min(rejected.length, subjectTokens.length - 1)];
        rejected.push(refusedToken);
        if (!subject) throw new Error('The session has no subject token');
        return { session, ...subject };
      },
      begin: async () => {},
      discard: () => {},
      end: async () => undefined,
      resume: () => {},
      wake: () => {},
      retry: () => {},
      close: async () => {},
    },
    metadata: createMetadataCache(clock),
    dpop: dpopInMemory(clock),
    fetch,
    clock,
  };
  const forms = (path: string) =>
    site.seen
      .filter((request) => request.path === path)
      .map(({ body }) => Object.fromEntries(new URLSearchParams(body)));
  return { site, server, context, clock, counts, forms, rejected, refused };
}
