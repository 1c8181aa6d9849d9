import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type Client,
  type ClientCapabilities,
  InMemoryTransport,
  type JSONRPCMessage,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import { createHttpFront, type HttpFront } from '../../../../main/relay/front/http-front.ts';
import { createLineFront } from '../../../../main/relay/front/line-front.ts';
import type { Responder } from '../../../../main/relay/mcp/responder.ts';
import { type RpcMessage, toMessage } from '../../../../main/relay/mcp/rpc.ts';
import { readBody } from '../../../../main/relay/request-body.ts';
import { type Schedule, systemSchedule } from '../../../../shared/schedule.ts';
import { connectOver, type Era } from '../../mcp.ts';

/** Names the client of a request, in place of a local key. */
export const CLIENT_HEADER = 'x-client';

/** A front behind a real HTTP server. */
export interface ServedFront extends AsyncDisposable {
  readonly url: URL;
  readonly front: HttpFront;
  connect(
    era: Era,
    options?: { readonly capabilities?: ClientCapabilities; readonly client?: string },
  ): Promise<Client>;
}

export async function serveFront(responder: Responder, schedule: Schedule = systemSchedule): Promise<ServedFront> {
  const front = createHttpFront({ responder, newId: randomUUID, schedule });
  const clients: Client[] = [];
  const server = createServer(async (request, response) => {
    const body = request.method === 'POST' ? await readBody(request) : null;
    const client = request.headers[CLIENT_HEADER];
    await front.handle(request, response, Buffer.isBuffer(body) ? body : null, String(client ?? 'first'));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`);
  return {
    url,
    front,
    connect: async (era, { capabilities = {}, client = 'first' } = {}) => {
      const requestInit = { headers: { [CLIENT_HEADER]: client } };
      const connected = await connectOver(new StreamableHTTPClientTransport(url, { requestInit }), era, capabilities);
      clients.push(connected);
      return connected;
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(clients.map((client) => client.close()));
      front.close();
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A client on a pair of lines. */
export async function connectLines(
  responder: Responder,
  era: Era,
  capabilities: ClientCapabilities = {},
): Promise<Client> {
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  const front = createLineFront({
    responder,
    conversation: { id: 'lines', client: 'first', transport: 'stdio' },
    // Through text, as on a pipe.
    write: (message: RpcMessage) => void ours.send(JSON.parse(JSON.stringify(message)) as JSONRPCMessage),
    newId: randomUUID,
    schedule: systemSchedule,
  });
  ours.onmessage = (message) => {
    const read = toMessage(JSON.parse(JSON.stringify(message)));
    if (read) front.handle(read);
  };
  ours.onclose = () => front.close();
  await ours.start();
  return connectOver(theirs, era, capabilities);
}

/** Where a client is connected to a responder. */
export type Way = 'http' | 'lines';
export const WAYS: readonly Way[] = ['http', 'lines'];

/** A client of an era over either way, closed with what served it. */
export async function connectBy(
  way: Way,
  era: Era,
  responder: Responder,
  capabilities: ClientCapabilities = {},
): Promise<AsyncDisposable & { readonly client: Client }> {
  if (way === 'lines') {
    const client = await connectLines(responder, era, capabilities);
    return { client, [Symbol.asyncDispose]: () => client.close() };
  }
  const served = await serveFront(responder);
  const client = await served.connect(era, { capabilities });
  return { client, [Symbol.asyncDispose]: () => served[Symbol.asyncDispose]() };
}
