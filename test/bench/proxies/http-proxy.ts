import { Agent, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { peerFile } from '../peers/install.ts';
import { listenOnLoopback } from '../processes/listen.ts';
import { serveParent } from '../processes/parent.ts';

// The npm package http-proxy as a person would set it up for this: connections kept, the token put in.

/** What a proxy needs to know. */
export interface ProxyRules {
  /** The endpoint; requests come to the same path. */
  readonly url: string;
  readonly token: string;
}

/** What this process can be asked. */
export type HttpProxyHandlers = {
  /** Starts the proxy; gives its port. */
  open(rules: ProxyRules): Promise<number>;
};

/** How long an idle connection of a client is kept, in ms; as long as we keep ours. */
const KEEP_ALIVE_MS = 75_000;

/** The part of the package that is used; it is installed only for the bench, so its own types are not there. */
interface HttpProxy {
  createProxyServer(options: { target: string; agent: Agent; headers: Record<string, string> }): {
    web(request: IncomingMessage, response: ServerResponse): void;
    on(event: 'error', listener: (error: Error, request: IncomingMessage, response: ServerResponse) => void): void;
  };
}

const { createProxyServer } = createRequire(import.meta.url)(peerFile('http-proxy')) as HttpProxy;

serveParent({
  open: ({ url, token }) => {
    const agent = new Agent({ keepAlive: true });
    const proxy = createProxyServer({
      target: new URL(url).origin,
      agent,
      headers: { authorization: `Bearer ${token}` },
    });
    proxy.on('error', (error, _request, response) => response.writeHead(502).end(error.message));
    return listenOnLoopback(
      createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => proxy.web(request, response)),
    );
  },
} satisfies HttpProxyHandlers);
