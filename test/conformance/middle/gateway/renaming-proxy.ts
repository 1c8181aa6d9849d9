import { type IncomingMessage, type ServerResponse, request as sendRequest } from 'node:http';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { openOrigin } from '../../../company/http.ts';
import { LISTS, type Renaming, renameList, renameRequest, renamingOf } from './renaming.ts';

/** The gateway under the fixture's own names. */
export interface RenamingProxy {
  readonly url: string;
  close(): Promise<void>;
}

async function readText(stream: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

async function askForNames(url: string): Promise<Renaming> {
  const client = new Client({ name: 'conformance', version: '1.0.0' }, { versionNegotiation: { mode: 'legacy' } });
  await client.connect(new StreamableHTTPClientTransport(new URL(url)));
  const { tools } = await client.listTools();
  const { prompts } = await client.listPrompts();
  await client.close();
  return renamingOf({ tools: tools.map(({ name }) => name), prompts: prompts.map(({ name }) => name) });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Renames in a JSON body, or in each event of a stream. */
function renameBody(text: string, isStream: boolean, rename: (document: unknown) => unknown): string {
  if (!isStream) return JSON.stringify(rename(parsed(text)));
  return text.replaceAll(/^data: (.*)$/gm, (line, data: string) => {
    const document = parsed(data);
    return document === undefined ? line : `data: ${JSON.stringify(rename(document))}`;
  });
}

/**
 * Stands before the gateway at `gatewayUrl` and lets the suite's scenarios call the fixture's tools and prompts, which
 * the gateway shows under names of its own, as they are. Touches nothing else. The fixture's names come from `directUrl`.
 */
export async function openRenamingProxy(gatewayUrl: string, directUrl: string): Promise<RenamingProxy> {
  const renaming = await askForNames(directUrl);
  const target = new URL(gatewayUrl);
  const origin = await openOrigin(0, (error) => void process.stderr.write(`${String(error)}\n`));
  const own = `localhost:${origin.port}`;

  const headersOf = (incoming: IncomingMessage, name: { from: string; to: string } | undefined, length: number) => {
    const headers = { ...incoming.headers };
    // The proxy's own name means the gateway; any other is somebody's attempt, which is the gateway's to refuse.
    if (headers.host === own) headers.host = target.host;
    if (headers.origin === `http://${own}`) headers.origin = target.origin;
    if (name && headers['mcp-name'] === name.from) headers['mcp-name'] = name.to;
    delete headers['transfer-encoding'];
    if (incoming.method === 'POST') headers['content-length'] = String(length);
    return headers;
  };

  const answer = async (incoming: IncomingMessage, response: ServerResponse, list: 'tools' | 'prompts' | undefined) => {
    const { 'content-length': _length, ...headers } = incoming.headers;
    response.writeHead(incoming.statusCode ?? 502, list === undefined ? incoming.headers : headers);
    if (list === undefined) {
      response.flushHeaders();
      incoming.pipe(response);
      return;
    }
    const isStream = incoming.headers['content-type']?.startsWith('text/event-stream') ?? false;
    response.end(renameBody(await readText(incoming), isStream, (document) => renameList(document, list, renaming)));
  };

  origin.serve(async (incoming, response) => {
    const text = await readText(incoming);
    const document = parsed(text);
    const renamed = document === undefined ? undefined : renameRequest(document, renaming);
    const body = renamed ? JSON.stringify(renamed.document) : text;
    const headers = headersOf(incoming, renamed?.name, Buffer.byteLength(body));
    const outgoing = sendRequest(target, { method: incoming.method, headers });
    response.once('close', () => outgoing.destroy());
    outgoing.once('error', () => response.destroy());
    outgoing.once('response', (answered) => void answer(answered, response, LISTS[renamed?.method ?? '']));
    outgoing.end(body);
  });
  return { url: `http://${own}/mcp`, close: () => origin.close() };
}
