import {
  type CallToolResult,
  Client,
  type ClientCapabilities,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';

/** Which era a test client speaks. */
export type Era = 'legacy' | { readonly pin: '2026-07-28' };

/** The era without MCP sessions. */
export const MODERN: Era = { pin: '2026-07-28' };

/** An SDK client that is connected with a fixed access token. */
export async function connect(
  url: string,
  token: string,
  mode: Era,
  capabilities: ClientCapabilities = {},
): Promise<Client> {
  const client = new Client({ name: 'by-hand', version: '1.0.0' }, { capabilities, versionNegotiation: { mode } });
  const requestInit = { headers: { authorization: `Bearer ${token}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }));
  return client;
}

/** Calls a tool and gives its result. */
export async function callTool(client: Client, name: string, args: Record<string, unknown> = {}) {
  return (await client.callTool({ name, arguments: args })) as CallToolResult;
}

/** The text of a result's first content block. */
export function textOf(result: CallToolResult): string {
  const [first] = result.content;
  return first?.type === 'text' ? first.text : '';
}
