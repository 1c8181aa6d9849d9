import { memberOf } from './mcp/rpc.ts';

/** More kinds of clients than one machine has. */
const MOST_CLIENTS = 1_000;

/**
 * Clients that ask `server/discover` first and go on with `initialize` where that fails, by the names they give
 * themselves. They share a revision with every server, so nothing needs to be translated for them.
 */
const KNOWN: readonly string[] = ['claude-code'];

/** Who falls back to the legacy era by itself; see {@link createFallsBack}. */
export interface FallsBack {
  /** A client sent `initialize`. */
  sawInitialize(client: string, params: unknown): void;
  /** Whether the sender of this `server/discover` would go on with `initialize` if it failed. */
  has(client: string, params: unknown): boolean;
}

function nameIn(info: unknown): string {
  const name = memberOf(info, 'name');
  return typeof name === 'string' ? name : '';
}

/**
 * Remembers which clients know both eras: whoever was seen to send `initialize` will do so again. Nothing in
 * `server/discover` itself says so, and a client that knows only the modern era has to be translated for.
 */
export function createFallsBack(): FallsBack {
  const seen = new Set<string>();
  const keyOf = (client: string, name: string) => `${client}\n${name}`;
  return {
    sawInitialize: (client, params) => {
      if (seen.size < MOST_CLIENTS) seen.add(keyOf(client, nameIn(memberOf(params, 'clientInfo'))));
    },
    has: (client, params) => {
      const meta = memberOf(params, '_meta');
      const name = nameIn(memberOf(meta, 'io.modelcontextprotocol/clientInfo'));
      return KNOWN.includes(name) || (name !== '' && seen.has(keyOf(client, name)));
    },
  };
}
