import {
  type CallToolResult,
  Client,
  type ClientCapabilities,
  StreamableHTTPClientTransport,
  type Transport,
} from '@modelcontextprotocol/client';
import { LOCAL_KEY_HEADER_NAME } from '../../shared/local-key-header.ts';
import type { Fixture } from './fixture.ts';

/** Which era a client speaks: with MCP sessions, or without. */
export type Era = 'legacy' | 'modern';

/** Both of them. */
export const ERAS: readonly Era[] = ['legacy', 'modern'];

const MODES = { legacy: 'legacy', modern: { pin: '2026-07-28' } } as const;

/** An unmodified SDK client, connected over any transport. */
export async function connectOver(
  transport: Transport,
  era: Era,
  capabilities: ClientCapabilities = {},
  name = 'integration',
): Promise<Client> {
  const client = new Client({ name, version: '1.0.0' }, { capabilities, versionNegotiation: { mode: MODES[era] } });
  await client.connect(transport);
  return client;
}

/** Where the relay serves a server. */
export function relayUrl({ agent }: Pick<Fixture, 'agent'>, server: string): URL {
  return new URL(`${agent.state().relay.url}/${server}/mcp`);
}

/** An SDK client that is connected through the relay. */
export async function connectRelay(
  fixture: Fixture,
  server: string,
  era: Era,
  options: { readonly localKey?: string; readonly capabilities?: ClientCapabilities } = {},
): Promise<Client> {
  const localKey = options.localKey ?? (await fixture.localKey());
  const requestInit = { headers: { [LOCAL_KEY_HEADER_NAME]: localKey } };
  const transport = new StreamableHTTPClientTransport(relayUrl(fixture, server), { requestInit });
  return connectOver(transport, era, options.capabilities);
}

/** Calls a tool and gives the text of its result. */
export async function callTool(client: Client, name: string, args: Record<string, unknown> = {}): Promise<string> {
  const result = (await client.callTool({ name, arguments: args })) as CallToolResult;
  const [first] = result.content;
  return first?.type === 'text' ? first.text : '';
}
