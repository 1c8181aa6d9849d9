import type { IncomingMessage, ServerResponse } from 'node:http';
import { type NodeIncomingMessageLike, type NodeMcpRequestHandler, toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, isLegacyRequest, McpServer } from '@modelcontextprotocol/server';
import type { Clock } from '../clock.ts';
import type { Counter } from '../counts.ts';
import type { ServerDemands } from '../demands.ts';
import { type DpopParty, dpopMetadata } from '../dpop/party.ts';
import { type Handler, pathOf, sendJson, setHeaders } from '../http.ts';
import type { OAuthRefusal } from '../protocol.ts';
import type { ServerDefinition } from '../servers.ts';
import { scopeChallenge, type Toolbox } from '../tools/toolbox.ts';
import { createTokenJudge, readToken, type TokenJudge } from './access-token.ts';
import { challengeOf, withScheme } from './challenge.ts';
import { EMA_EXTENSION, refuseWithoutEma } from './ema.ts';
import { createMcpSessions } from './mcp-sessions.ts';

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
  readonly clock: Clock;
  readonly counter: Counter;
}

/** A running MCP server behind access tokens. */
export interface ProtectedServer {
  readonly handler: Handler;
  /** Sends `notifications/tools/list_changed` to clients of both eras. */
  announceToolListChanged(): void;
  /** Forgets every MCP session, as a restart would. */
  endMcpSessions(): Promise<void>;
  close(): Promise<void>;
}

const NO_TOKEN: OAuthRefusal = { error: 'invalid_token', description: 'An access token is needed' };

/** Serves both eras of MCP at one URL: 2025-11-25 with MCP sessions, and 2026-07-28 without. */
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
  const eras = serveBothEras(options);
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

function serveBothEras(options: ProtectedServerOptions) {
  const { definition, counter, requireEma } = options;
  const toolbox: Toolbox = {
    clock: options.clock,
    serverName: definition.name,
    shelves: new Map(),
    needs: (...scopes) => scopeChallenge(scopes, options.demands.toolScopes),
    called: () => counter.addAt(definition.name, 'toolCalls'),
    aborted: () => counter.addAt(definition.name, 'abortedCalls'),
  };
  const newServer = () => {
    const info = { name: definition.name, title: definition.title, version: '1.0.0' };
    const capabilities = { tools: { listChanged: true }, extensions: { [EMA_EXTENSION]: {} } };
    const server = new McpServer(info, { capabilities });
    definition.registerTools(server, toolbox);
    return server;
  };
  const modern = createMcpHandler(newServer, { legacy: 'reject' });
  const legacy = createMcpSessions(newServer);
  const serve = toNodeHandler({
    fetch: async (request, handling) => {
      const refusal = requireEma ? await refuseWithoutEma(request) : undefined;
      if (refusal) return refusal;
      const era = (await isLegacyRequest(request)) ? legacy : modern;
      return withScheme(request, await era.fetch(request, handling));
    },
  });
  return {
    serve,
    announceToolListChanged: () => {
      legacy.announceToolListChanged();
      modern.notify.toolsChanged();
    },
    endMcpSessions: () => legacy.end(),
    close: async () => {
      await legacy.end();
      await modern.close();
    },
  };
}
