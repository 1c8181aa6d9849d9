import { type NodeMcpRequestHandler, toNodeHandler } from '@modelcontextprotocol/node';
import {
  createMcpHandler,
  isLegacyRequest,
  type McpHandlerRequestOptions,
  McpServer,
} from '@modelcontextprotocol/server';
import type { Clock } from '../clock.ts';
import type { Counter } from '../counts.ts';
import type { ServerDemands } from '../demands.ts';
import type { ServerDefinition } from '../servers.ts';
import { scopeChallenge, type Toolbox } from '../tools/toolbox.ts';
import { withScheme } from './challenge.ts';
import { EMA_EXTENSION, refuseWithoutEma } from './ema.ts';
import { createMcpSessions } from './mcp-sessions.ts';

/** Up to revision 2025-11-25 with MCP sessions, or 2026-07-28 without. */
export type ServerEra = 'legacy' | 'modern';

/** Which of them a server speaks. To requests of the other one it answers as an SDK server that never heard of it. */
export type ServerEras = ServerEra | 'both';

/** A list that is another one now, or a resource that has changed. */
export type ServerChange = 'tools' | 'prompts' | 'resources' | { readonly updated: string };

/** What the MCP side of a server is made of. */
export interface ErasOptions {
  readonly definition: ServerDefinition;
  readonly demands: ServerDemands;
  readonly requireEma: boolean;
  readonly eras: ServerEras;
  readonly clock: Clock;
  readonly counter: Counter;
}

/** The MCP side of a server, behind its tokens. */
export interface ServedEras {
  readonly serve: NodeMcpRequestHandler;
  announce(change: ServerChange): void;
  endMcpSessions(): Promise<void>;
  close(): Promise<void>;
}

interface Served {
  fetch(request: Request, options?: McpHandlerRequestOptions): Promise<Response>;
}

/** Serves one era of MCP or both, at one URL. */
export function serveEras({ definition, demands, requireEma, eras, clock, counter }: ErasOptions): ServedEras {
  const toolbox: Toolbox = {
    clock,
    serverName: definition.name,
    shelves: new Map(),
    needs: (...scopes) => scopeChallenge(scopes, demands.toolScopes),
    called: () => counter.addAt(definition.name, 'toolCalls'),
    aborted: () => counter.addAt(definition.name, 'abortedCalls'),
    announce: (change) => announce(change),
  };
  const newServer = (era: ServerEra) => {
    const info = { name: definition.name, title: definition.title, version: '1.0.0' };
    const always = { tools: { listChanged: true }, extensions: { [EMA_EXTENSION]: {} } };
    const { capabilities, instructions } = definition;
    const server = new McpServer(info, {
      capabilities: { ...always, ...capabilities },
      ...(instructions !== undefined && { instructions }),
    });
    definition.registerTools(server, toolbox, era);
    return server;
  };
  const modern = createMcpHandler(() => newServer('modern'), { legacy: 'reject' });
  const legacy = createMcpSessions(() => newServer('legacy'));
  const announce = (change: ServerChange) => {
    legacy.announce(change);
    const { notify } = modern;
    if (change === 'tools') notify.toolsChanged();
    else if (change === 'prompts') notify.promptsChanged();
    else if (change === 'resources') notify.resourcesChanged();
    else notify.resourceUpdated(change.updated);
  };
  const servedTo = async (request: Request): Promise<Served> => {
    if (eras === 'both') return (await isLegacyRequest(request)) ? legacy : modern;
    return eras === 'legacy' ? legacy : modern;
  };
  const serve = toNodeHandler({
    fetch: async (request, handling) => {
      const refusal = requireEma ? await refuseWithoutEma(request) : undefined;
      if (refusal) return refusal;
      const served = await servedTo(request);
      return withScheme(request, await served.fetch(request, handling));
    },
  });
  return {
    serve,
    announce,
    endMcpSessions: () => legacy.end(),
    close: async () => {
      await legacy.end();
      await modern.close();
    },
  };
}
