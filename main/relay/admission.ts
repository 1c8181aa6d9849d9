import type { IncomingMessage } from 'node:http';
import { NOT_FOUND, notForClient, unknownServer, wrongKey } from './answers.ts';
import { guardRequest, parseRoute, type Refusal, type Route } from './guard.ts';
import { LOCAL_KEY_HEADER } from './headers.ts';
import type { RelayedServer } from './relayed-server.ts';

/** Methods of the Streamable HTTP transport. */
const METHODS: ReadonlySet<string> = new Set(['POST', 'GET', 'DELETE']);

const WRONG_METHOD: Refusal = { status: 405, code: 'wrong-method', message: `Use ${[...METHODS].join(', ')}.` };

/** For a request whose connection belongs to somebody else. */
export const OTHER_USER: Refusal = {
  status: 403,
  code: 'other-user',
  message: 'This Lanyard belongs to another user of this machine.',
};

/** What admission asks for. */
export interface AdmissionContext {
  /** Port the relay listens on. */
  readonly port: () => number;
  readonly keyInPath: boolean;
  /** The client's id for a local key that came over this connection; `undefined` for a key that nobody has. */
  readonly identify: (localKey: string, connection?: object) => string | undefined;
  /** Whether that client may use this server. */
  readonly mayReach: (client: string, server: string) => boolean;
  readonly server: (name: string) => RelayedServer | undefined;
  readonly servers: () => readonly string[];
}

/** Who asks, and where it goes: to one server, or to the gateway. */
export interface Admitted {
  readonly client: string;
  readonly target: RelayedServer | 'gateway';
}

// In the path only where policy allows it: a path ends up in logs and process lists.
function localKeyOf(request: IncomingMessage, route: Route, keyInPath: boolean): string | undefined {
  if (route.pathKey !== undefined) return keyInPath ? route.pathKey : undefined;
  const header = request.headers[LOCAL_KEY_HEADER];
  return typeof header === 'string' ? header : undefined;
}

/** Whom a request comes from and where it goes, or why it is refused. */
export function admit(
  request: IncomingMessage,
  { port, keyInPath, identify, mayReach, server, servers }: AdmissionContext,
): Admitted | Refusal {
  const { remoteAddress } = request.socket;
  const { host, origin } = request.headers;
  const refusal = guardRequest({ remoteAddress, host, origin, port: port() });
  if (refusal) return refusal;
  const route = parseRoute(request.url ?? '');
  if (!route) return NOT_FOUND;
  const key = localKeyOf(request, route, keyInPath);
  const client = key === undefined ? undefined : identify(key, request.socket);
  if (client === undefined) return wrongKey(keyInPath);
  if (!METHODS.has(request.method ?? '')) return WRONG_METHOD;
  if (route.server === undefined) return { client, target: 'gateway' };
  const target = server(route.server);
  if (!target) return unknownServer(route.server, servers());
  return mayReach(client, route.server) ? { client, target } : notForClient(route.server);
}
