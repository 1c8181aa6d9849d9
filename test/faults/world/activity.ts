import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { settleTurn } from '../../virtual-time.ts';
import type { Laptop } from './laptop.ts';

/** Turns of the loop without anything under way after which nothing is. */
const QUIET_TURNS = 4;

/** What was busy may go on after a moment in another thread, as signing does; in ms of real time. */
const QUIET_MS = 3;

/** Longest real time for what a moment of virtual time sets going, in ms. */
const SETTLE_LIMIT_MS = 10_000;

/** Names that Node gives to reading, writing and connecting. */
const UNDER_WAY = ['FSReqCallback', 'FSReqPromise', 'TCPConnectWrap'];

/** What is under way on real sockets and disks, so that virtual time can wait for it. */
export interface Activity {
  /** Resolves when only the passing of time leads on. */
  readonly settle: () => Promise<void>;
  /** Has it wait for the answer to a call until the relay is told to do so by time alone. */
  track<T>(call: Promise<T>): Promise<T>;
  /** The same for a call that comes another way than over the relay's port. */
  trackStdio<T>(call: Promise<T>): Promise<T>;
  close(): void;
}

interface Sent {
  readonly method: string;
  readonly path: string;
}

// Open as long as the client lives; nobody waits for its end.
const isListening = ({ method, path }: Sent) => method === 'GET' && path === '/mcp';

/** Watches every request that leaves this process and every call that a client has under way. */
export function watchActivity(laptop: Laptop, hangsAfterMs: number = Number.POSITIVE_INFINITY): Activity {
  const requests = new Map<object, number>();
  const relay = { asked: 0, arrived: 0, finished: 0, heard: 0 };
  let onStdio = 0;
  let minting = false;
  const endStates = laptop.agent.acts.subscribe(({ servers }) => {
    minting = servers.some(({ work }) => work.kind === 'minting');
  });
  const isCall = ({ socket, headers }: IncomingMessage) =>
    socket.localPort === laptop.relayPort && headers['mcp-method'] === 'tools/call';
  const listeners: Readonly<Record<string, (message: unknown) => void>> = {
    'undici:request:create': (message) => {
      const { request } = message as { request: object & Sent };
      if (!isListening(request)) requests.set(request, performance.now());
    },
    'undici:request:trailers': (message) => void requests.delete((message as { request: object }).request),
    'undici:request:error': (message) => void requests.delete((message as { request: object }).request),
    'http.server.request.start': (message) => {
      const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
      if (!isCall(request)) return;
      relay.arrived += 1;
      response.once('close', () => {
        relay.finished += 1;
      });
    },
  };
  for (const [channel, listener] of Object.entries(listeners)) subscribe(channel, listener);

  const hanging = () => {
    const now = performance.now();
    return [...requests.values()].filter((since) => now - since > hangsAfterMs).length;
  };
  const isBusy = (): boolean => {
    const hung = hanging();
    if (requests.size > hung || (minting && hung === 0)) return true;
    if (relay.asked > relay.arrived || relay.finished > relay.heard) return true;
    const resources = process.getActiveResourcesInfo();
    return UNDER_WAY.some((kind) => resources.includes(kind));
  };

  return {
    settle: async () => {
      const until = performance.now() + SETTLE_LIMIT_MS;
      let [turns, since, wasBusy] = [0, performance.now(), relay.asked > relay.heard || onStdio > 0];
      while (turns < QUIET_TURNS || (wasBusy && performance.now() - since < QUIET_MS)) {
        await settleTurn();
        turns += 1;
        if (!isBusy()) continue;
        [turns, since, wasBusy] = [0, performance.now(), true];
        if (since > until) throw new Error(`Not settled: ${describe(requests.keys())} ${JSON.stringify(relay)}`);
      }
    },
    track: (call) => {
      relay.asked += 1;
      return call.finally(() => {
        relay.heard += 1;
      });
    },
    trackStdio: (call) => {
      onStdio += 1;
      return call.finally(() => {
        onStdio -= 1;
      });
    },
    close: () => {
      endStates();
      for (const [channel, listener] of Object.entries(listeners)) unsubscribe(channel, listener);
    },
  };
}

function describe(requests: Iterable<object>): string {
  return JSON.stringify([...requests].map((request) => (request as Sent).path));
}
