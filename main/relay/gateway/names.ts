import { createHash } from 'node:crypto';

/**
 * Longest name we give to a tool or prompt, in characters. Clients put up to 18 of their own before it and stop at 60
 * to 64.
 */
export const NAME_LIMIT = 40;

/** Tools of the gateway itself. No server's tool gets one of these names. */
export const OWN_TOOLS = { status: 'lanyard_status', find: 'find_tools', call: 'call_tool' } as const;

/** Hexadecimal digits at the end of a name that is not the server's own: enough to tell one server's tools apart. */
const HASH_LENGTH = 8;
const OWN_NAMES: ReadonlySet<string> = new Set(Object.values(OWN_TOOLS));
const PLAIN = /^[a-zA-Z0-9_-]+$/;
const ENDS_LIKE_HASHED = new RegExp(`_[0-9a-f]{${HASH_LENGTH}}$`);

/** Names of one server's tools, or of its prompts, in both directions. */
export interface NameTable {
  readonly toGateway: ReadonlyMap<string, string>;
  readonly toServer: ReadonlyMap<string, string>;
}

function isPlain(server: string, name: string): boolean {
  const joined = `${server}_${name}`;
  return PLAIN.test(name) && joined.length <= NAME_LIMIT && !ENDS_LIKE_HASHED.test(name) && !OWN_NAMES.has(joined);
}

/**
 * The name under which the gateway shows a server's tool or prompt: `<server>_<name>`, or where that has other
 * characters than letters, digits, `_` and `-`, or is too long, what fits of it and a hash of both. It depends on
 * nothing else, so it is the same tomorrow and on every laptop. No two servers share one, since a server's name holds
 * no `_`.
 *
 * @param attempt  Counts up where two names of one server have the same hash.
 */
export function gatewayName(server: string, name: string, attempt = 0): string {
  if (isPlain(server, name)) return `${server}_${name}`;
  const again = attempt > 0 ? `\0${attempt}` : '';
  const hash = createHash('sha256').update(`${server}\0${name}${again}`).digest('hex').slice(0, HASH_LENGTH);
  const room = NAME_LIMIT - server.length - HASH_LENGTH - 2;
  const readable = name.slice(0, room).replace(/[^a-zA-Z0-9_-]/g, '_');
  return `${server}_${readable}_${hash}`;
}

/** Names everything that one server lists. The order of the list changes nothing; a name that is listed twice is one. */
export function nameTable(server: string, names: readonly string[]): NameTable {
  const toGateway = new Map<string, string>();
  const toServer = new Map<string, string>();
  for (const name of [...new Set(names)].sort()) {
    let attempt = 0;
    while (toServer.has(gatewayName(server, name, attempt))) attempt += 1;
    const given = gatewayName(server, name, attempt);
    toGateway.set(name, given);
    toServer.set(given, name);
  }
  return { toGateway, toServer };
}

/** Server and name in a gateway name that was not changed; `undefined` for others. */
export function splitName(given: string): { readonly server: string; readonly name: string } | undefined {
  const at = given.indexOf('_');
  if (at < 1) return undefined;
  const [server, name] = [given.slice(0, at), given.slice(at + 1)];
  return isPlain(server, name) ? { server, name } : undefined;
}
