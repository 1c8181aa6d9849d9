import type { IncomingMessage, ServerResponse } from 'node:http';
import type { NodeIncomingMessageLike, NodeMcpRequestHandler } from '@modelcontextprotocol/node';
import type { Clock } from '../clock.ts';
import type { Counter } from '../counts.ts';
import type { ServerDemands } from '../demands.ts';
import { type DpopParty, dpopMetadata } from '../dpop/party.ts';
import { type Handler, pathOf, sendJson, setHeaders } from '../http.ts';
import type { OAuthRefusal } from '../protocol.ts';
import type { ServerDefinition } from '../servers.ts';
import { createTokenJudge, readToken, type TokenJudge } from './access-token.ts';
import { challengeOf } from './challenge.ts';
import { type ServerChange, type ServerEras, serveEras } from './eras.ts';

/** Path of the MCP endpoint of every server. */
export const MCP_PATH = '/mcp';
/** Where its protected resource metadata is found (RFC 9728 section 3.1: the path is inserted). */
export const RESOURCE_METADATA_PATH = `/.well-known/oauth-protected-resource${MCP_PATH}`;

/** What a protected server is made of. */
export interface ProtectedServerOptions {
  readonly definition: ServerDefinition;
  /** Origin of the server, without a trailing slash. */
  readonly url: string;
  readonly authorizationServer: { readonly issuer: string; readonly jwksUri: string };
  readonly isRevoked: (tokenId: string) => boolean;
  /** What it demands of tokens beyond the usual. */
  readonly demands: ServerDemands;
  readonly dpop: DpopParty;
  readonly requireEma: boolean;
  readonly eras: ServerEras;
  readonly clock: Clock;
  readonly counter: Counter;
}

/** A running MCP server behind access tokens. */
export interface ProtectedServer {
  readonly handler: Handler;
  /** Tells clients of both eras what has changed. */
  announce(change: ServerChange): void;
  /** Forgets every MCP session, as a restart would. */
  endMcpSessions(): Promise<void>;
  close(): Promise<void>;
}

const NO_TOKEN: OAuthRefusal = { error: 'invalid_token', description: 'An access token is needed' };

/** Serves MCP, and says where its tokens come from. */
export function createProtectedServer(options: ProtectedServerOptions): ProtectedServer {
  const { definition, url, counter } = options;
  const resourceMetadataUrl = `${url}${RESOURCE_METADATA_PATH}`;
  const resource = `${url}${MCP_PATH}`;
  const { issuer, jwksUri } = options.authorizationServer;
  const { clock, isRevoked, demands, dpop } = options;
  const judge = createTokenJudge({
    clock,
    issuer,
    jwksUri,
    resource,
    resourceMetadataUrl,
    isRevoked,
    dpop,
    title: definition.title,
    signInDemand: demands.signIn,
  });
  const eras = serveEras(options);
  const metadata = {
    resource,
    resource_name: definition.title,
    authorization_servers: [issuer],
    scopes_supported: definition.allScopes,
    bearer_methods_supported: ['header'],
    ...dpopMetadata(dpop),
    ...(dpop.demand === 'required' && { dpop_bound_access_tokens_required: true }),
  };
  const challenge = { resourceMetadataUrl, scopes: definition.scopes, dpop: dpop.demand };
  const refuse: Refuse = (request, response, refusal: OAuthRefusal | undefined) => {
    counter.addAt(definition.name, 'unauthorized');
    const scheme = readToken(request.headers.authorization)?.scheme ?? 'Bearer';
    response.setHeader('www-authenticate', challengeOf(challenge, refusal, scheme));
    setHeaders(response, refusal?.headers);
    const { error, description } = refusal ?? NO_TOKEN;
    sendJson(response, 401, { error, error_description: description });
  };
  return {
    ...eras,
    handler: async (request, response) => {
      const path = pathOf(request);
      if (path === RESOURCE_METADATA_PATH) return sendJson(response, 200, metadata);
      if (path !== MCP_PATH) return sendJson(response, 404, { error: 'not_found' });
      counter.addAt(definition.name, 'requests');
      setHeaders(response, dpop.headers());
      await withCaller(judge, request, response, refuse, eras.serve);
    },
  };
}

type Refuse = (request: IncomingMessage, response: ServerResponse, refusal: OAuthRefusal | undefined) => void;

async function withCaller(
  judge: TokenJudge,
  request: IncomingMessage,
  response: ServerResponse,
  refuse: Refuse,
  serve: NodeMcpRequestHandler,
): Promise<void> {
  const verdict = await judge(request);
  if (!('auth' in verdict)) {
    request.resume();
    return refuse(request, response, verdict.refusal);
  }
  // The SDK's type wants absent members where Node's has undefined ones; the values are the same.
  await serve(Object.assign(request, { auth: verdict.auth }) as NodeIncomingMessageLike, response);
}
