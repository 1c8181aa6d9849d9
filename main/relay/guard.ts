/** What is looked at before anything of a request is used. */
export interface GuardInput {
  readonly remoteAddress: string | undefined;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** Port the relay listens on. */
  readonly port: number;
}

/** Why a request is refused, with its HTTP status. */
export interface Refusal {
  readonly status: 400 | 403 | 404 | 405 | 413;
  readonly code: string;
  readonly message: string;
}

function isLoopbackAddress(address: string | undefined): boolean {
  return address !== undefined && /^(?:::ffff:)?127\.|^::1$/.test(address);
}

/**
 * Refuses what a web page could send: it cannot choose `Host` (DNS rebinding shows a foreign name there) nor hide
 * `Origin`. What it does not solve: a local program can send anything; that one is stopped by the local key.
 */
export function guardRequest({ remoteAddress, host, origin, port }: GuardInput): Refusal | undefined {
  if (!isLoopbackAddress(remoteAddress))
    return { status: 403, code: 'not-loopback', message: 'Lanyard serves programs on this machine only.' };
  const own = [`127.0.0.1:${port}`, `localhost:${port}`];
  if (host === undefined || !own.includes(host.toLowerCase()))
    return { status: 403, code: 'wrong-host', message: `Use http://127.0.0.1:${port} to reach Lanyard.` };
  if (origin !== undefined && !own.some((name) => origin.toLowerCase() === `http://${name}`))
    return { status: 403, code: 'foreign-origin', message: 'Lanyard does not serve web pages.' };
  return undefined;
}

/** Where a request wants to go. */
export interface Route {
  /** Absent for the gateway. */
  readonly server?: string;
  /** From `/~<key>/…`, as given. */
  readonly pathKey?: string;
}

const ROUTE = /^(?:\/~([A-Za-z0-9_-]{1,100}))?(?:\/([a-z][a-z0-9-]{0,19}))?\/mcp\/?$/;

/**
 * Reads `/<server>/mcp`, or `/mcp` of the gateway, each also after `/~<key>`; a query is ignored. `undefined` for any
 * other path.
 */
export function parseRoute(url: string): Route | undefined {
  const end = url.indexOf('?');
  const match = ROUTE.exec(end < 0 ? url : url.slice(0, end));
  if (!match) return undefined;
  const [, pathKey, server] = match;
  return { ...(server !== undefined && { server }), ...(pathKey !== undefined && { pathKey }) };
}
