import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { LOCAL_KEY_HEADER_NAME } from '../../shared/local-key-header.ts';

/** A tool call through the relay, as any MCP client makes it. */
export interface ToolCall {
  /** The relay's address of the server, such as `http://127.0.0.1:5693/notes/mcp`. */
  readonly address: string;
  readonly localKey: string;
  readonly tool: string;
  readonly arguments?: Record<string, unknown>;
}

/**
 * Connects, calls one tool, disconnects; gives the text of its answer.
 *
 * @throws {Error} with that text where it is an error: so does Lanyard itself answer where a server did not.
 */
export async function callTool({ address, localKey, tool, arguments: args = {} }: ToolCall): Promise<string> {
  const client = new Client({ name: 'lanyard-demo', version: '1.0.0' });
  const requestInit = { headers: { [LOCAL_KEY_HEADER_NAME]: localKey } };
  await client.connect(new StreamableHTTPClientTransport(new URL(address), { requestInit }));
  try {
    const { content = [], isError } = await client.callTool({ name: tool, arguments: args });
    const text = content.map((part) => (part.type === 'text' ? part.text : `(${part.type})`)).join('\n');
    if (isError === true) throw new Error(text);
    return text;
  } finally {
    await client.close();
  }
}
