import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici';
import { guardedLookup } from './addresses.ts';
import { createFetch, type Fetch } from './fetch.ts';
import { createForward, type Forward } from './forward.ts';
import { createPool } from './pool.ts';
import { createSkews } from './skew.ts';

/** Time for DNS, TCP and TLS together, in ms: past it the network is down, and a caller waits for an answer. */
const CONNECT_TIMEOUT_MS = 10_000;

/** How long an idle connection is kept, in ms: below the 60 s at which common load balancers drop it silently. */
const KEEP_ALIVE_MS = 50_000;

/** Every way out of the agent. Nothing else in main/ opens a connection to another machine. */
export interface Egress {
  /** For metadata, keys and tokens. */
  readonly fetch: Fetch;
  /** For MCP traffic. */
  readonly forward: Forward;
  /** How far the clock of an origin is ahead of ours, in ms; `undefined` where `fetch` heard nothing from it yet. */
  readonly skewOf: (origin: string) => number | undefined;
  /** From now on requests get new connections: see `Pool.renew`. */
  renew(old: 'cut' | 'finish'): void;
  close(): Promise<void>;
}

// Said explicitly: NODE_TLS_REJECT_UNAUTHORIZED in somebody's environment must not turn checking off.
const TLS = { rejectUnauthorized: true } as const;

function createDispatcher(env: NodeJS.ProcessEnv): Dispatcher {
  const options = {
    connect: { lookup: guardedLookup, timeout: CONNECT_TIMEOUT_MS, ...TLS },
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
    // One request on a connection at a time: with pipelining a slow tool call would hold up the ones behind it.
    pipelining: 1,
    // HTTP/1.1 hands us headers as they were sent; over HTTP/2 their case and order are gone.
    allowH2: false,
  };
  const httpProxy = env.http_proxy || env.HTTP_PROXY;
  const httpsProxy = env.https_proxy || env.HTTPS_PROXY || httpProxy;
  if (!httpsProxy) return new Agent(options);
  const noProxy = [env.no_proxy ?? env.NO_PROXY, 'localhost', '127.0.0.1', '[::1]'].filter(Boolean).join(',');
  // Said explicitly, an absent one as empty: where it is left out, the process's own environment is asked.
  const proxies = { httpProxy: httpProxy ?? '', httpsProxy, noProxy };
  return new EnvHttpProxyAgent({ ...options, ...proxies, requestTls: TLS, proxyTls: TLS });
}

/**
 * Opens the way out. Proxy variables are honoured; loopback is always reached directly.
 *
 * @param clock ours, in ms since the epoch: what the others' are compared with.
 */
export function createEgress(env: NodeJS.ProcessEnv = process.env, clock: () => number = Date.now): Egress {
  const pool = createPool(() => createDispatcher(env));
  const skews = createSkews(clock);
  return {
    fetch: createFetch(pool.dispatcher, undefined, skews),
    forward: createForward(pool.dispatcher),
    skewOf: skews.get,
    renew: pool.renew,
    // Not a graceful close: open event streams would keep it waiting for hours.
    close: pool.close,
  };
}
