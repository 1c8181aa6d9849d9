import { type CallToolResult, Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { LOCAL_KEY_HEADER_NAME } from '../../../shared/local-key-header.ts';
import type { Fixture } from '../fixture.ts';
import { ERAS, type Era } from '../mcp.ts';
import { PROGRAM } from '../program.ts';
import { until } from '../until.ts';

/** How a client is connected, to what, and in which era. */
export interface Way {
  readonly over: 'HTTP' | 'stdio';
  readonly to: 'notes' | 'gateway';
  readonly era: Era;
}

/** All of them. */
export const WAYS: readonly Way[] = (['HTTP', 'stdio'] as const).flatMap((over) =>
  (['notes', 'gateway'] as const).flatMap((to) => ERAS.map((era) => ({ over, to, era }))),
);

/** The answer to a tool call, as a model sees it. */
export interface Told {
  readonly isError: boolean;
  readonly text: string;
}

/** An unmodified SDK client that asks to hear of changes, as apps do. */
export interface ListeningClient {
  readonly client: Client;
  /** How often it has heard that the tools are other ones. */
  changes(): number;
  /** Names of all tools, as the server calls them. */
  toolNames(): Promise<readonly string[]>;
  /** Calls a tool of the notes server, or one of Lanyard's own. */
  call(name: string, args?: Record<string, unknown>): Promise<Told>;
  /** Opens a listening stream of the modern era, as a client does whose own was cut off. */
  listenAgain(): Promise<unknown>;
  /** Waits until it has heard of a change, and the list has a tool of this name. */
  hearsOf(tool: string, before?: number): Promise<void>;
}

const MODES = { legacy: 'legacy', modern: { pin: '2026-07-28' } } as const;

function transportOf(fixture: Fixture, { over, to }: Way, localKey: string, server: string) {
  if (over === 'HTTP') {
    const url = `${fixture.agent.state().relay.url}${to === 'gateway' ? '' : `/${server}`}/mcp`;
    return new StreamableHTTPClientTransport(new URL(url), {
      requestInit: { headers: { [LOCAL_KEY_HEADER_NAME]: localKey } },
    });
  }
  const args = [PROGRAM, 'stdio', ...(to === 'gateway' ? [] : [server])];
  return new StdioClientTransport({
    command: process.execPath,
    args,
    env: { HOME: fixture.home, PATH: process.env.PATH ?? '' },
    stderr: 'pipe',
  });
}

/** Connects one; `server` is meant where the way leads to a single one. */
export async function connectListening(
  fixture: Fixture,
  way: Way,
  { localKey, server = 'notes' }: { readonly localKey?: string; readonly server?: string } = {},
): Promise<ListeningClient> {
  let heard = 0;
  const onChanged = () => {
    heard += 1;
  };
  const client = new Client(
    { name: 'integration', version: '1.0.0' },
    {
      versionNegotiation: { mode: MODES[way.era] },
      listChanged: { tools: { autoRefresh: false, debounceMs: 0, onChanged } },
    },
  );
  await client.connect(transportOf(fixture, way, localKey ?? (await fixture.localKey()), server));
  const prefix = way.to === 'gateway' ? `${server}_` : '';
  const isOwn = (name: string) => name.startsWith('lanyard_');
  const toolNames = async () => {
    const { tools } = await client.listTools();
    return tools.map(({ name }) => (name.startsWith(prefix) ? name.slice(prefix.length) : name));
  };
  return {
    client,
    changes: () => heard,
    toolNames,
    call: async (name, args = {}) => {
      const named = isOwn(name) ? name : `${prefix}${name}`;
      const result = (await client.callTool({ name: named, arguments: args })) as CallToolResult;
      const [first] = result.content;
      return { isError: result.isError ?? false, text: first?.type === 'text' ? first.text : '' };
    },
    listenAgain: () => client.listen({ toolsListChanged: true }),
    hearsOf: async (tool, before = 0) => {
      await until(() => heard > before);
      await until(async () => (await toolNames()).includes(tool));
    },
  };
}

const LISTS = ['tools/list', 'resources/list', 'resources/templates/list', 'prompts/list'];

/** Waits until Lanyard has asked the notes server for its lists, as it does when a client has begun to use it. */
export function listsAreKnown({ logged }: Fixture): Promise<void> {
  const isAsked = (method: string) =>
    logged.some(
      ({ event, fields }) =>
        event === 'call' && fields.client === 'lanyard' && fields.server === 'notes' && fields.method === method,
    );
  return until(() => LISTS.every(isAsked));
}

/** Clients of one test, which are closed after it. */
export function openClients() {
  const open: Client[] = [];
  return {
    connect: async (...how: Parameters<typeof connectListening>): Promise<ListeningClient> => {
      const connected = await connectListening(...how);
      open.push(connected.client);
      return connected;
    },
    closeAll: async () => {
      for (const client of open.splice(0)) await client.close();
    },
  };
}
