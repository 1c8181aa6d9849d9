import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream';
import { z } from 'zod';

// Stands between a client and the relay and notes what was asked. The relay answers its own address only, so the
// tap puts that back into Host; nothing else is changed.

/** One request that a client made, with what it says about its protocol. Never the local key. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  /** HTTP status of the relay's answer. */
  readonly status: number;
  readonly userAgent: string | undefined;
  /** `MCP-Protocol-Version`, which an initialize does not carry. */
  readonly protocolVersion: string | undefined;
  /** `Mcp-Method`, which only the newer of the two eras sends. */
  readonly mcpMethod: string | undefined;
  /** Method of the JSON-RPC message in its body; `undefined` where there is none. */
  readonly rpcMethod: string | undefined;
}

const messageSchema = z.object({ method: z.string() });

/** A running tap. */
export interface Tap {
  /** The same path as at the relay, at the tap's address. */
  addressOf(relayAddress: string): string;
  /** Oldest first; a request is noted when the relay begins to answer it. */
  readonly seen: readonly SeenRequest[];
  close(): Promise<void>;
}

/** Starts a tap before the relay on a free loopback port. */
export async function startTap(relayUrl: string): Promise<Tap> {
  const relay = new URL(relayUrl);
  const seen: SeenRequest[] = [];
  const server = createServer((request, response) => forward(relay, request, response, seen));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    addressOf: (relayAddress) => {
      const address = new URL(relayAddress);
      address.port = String(port);
      return address.href;
    },
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function forward(relay: URL, request: IncomingMessage, response: ServerResponse, seen: SeenRequest[]): void {
  const { method = '', url: path = '' } = request;
  let body = '';
  request.setEncoding('utf8').on('data', (text: string) => {
    body += text;
  });
  const outgoing = httpRequest(
    {
      hostname: relay.hostname,
      port: relay.port,
      method,
      path,
      headers: { ...request.headers, host: relay.host },
      // A connection of its own for each request, so that an ended stream ends at the relay too.
      agent: false,
    },
    (answer) => {
      const status = answer.statusCode ?? 0;
      seen.push({
        method,
        path,
        status,
        userAgent: one(request.headers['user-agent']),
        protocolVersion: one(request.headers['mcp-protocol-version']),
        mcpMethod: one(request.headers['mcp-method']),
        rpcMethod: rpcMethodOf(body),
      });
      response.writeHead(status, answer.headers);
      response.flushHeaders();
      // Streams end in the middle when a client leaves; that is no fault of the tap's.
      pipeline(answer, response, () => undefined);
    },
  );
  outgoing.on('error', () => response.destroy());
  response.on('close', () => outgoing.destroy());
  pipeline(request, outgoing, () => undefined);
}

function rpcMethodOf(body: string): string | undefined {
  return body === '' ? undefined : messageSchema.safeParse(JSON.parse(body)).data?.method;
}

function one(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}

/** Who came and in which protocol; an initialize of the older era carries no version header. */
export function summaryOf(seen: readonly SeenRequest[]): string {
  const distinct = (values: readonly (string | undefined)[]) => [
    ...new Set(values.filter((value) => value !== undefined)),
  ];
  const agents = distinct(seen.map(({ userAgent }) => userAgent)).join(', ');
  const versions = distinct(seen.map(({ protocolVersion }) => protocolVersion)).join(', ');
  const methods = distinct(seen.map(({ method, rpcMethod }) => rpcMethod ?? method)).join(', ');
  return `${seen.length} requests; ${agents}; protocol ${versions}; ${methods}`;
}
