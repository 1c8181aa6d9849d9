import { META } from './mcp/revisions.ts';
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
  /**
   * Whether the sender of this `server/discover` would go on with `initialize` if it failed. Whoever is let fail and
   * asks again without having done so, would not.
   */
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
  // The value: whether its last `server/discover` was let fail, and nothing came of it yet.
  const seen = new Map<string, boolean>();
  const keyOf = (client: string, name: string) => `${client}\n${name}`;
  return {
    sawInitialize: (client, params) => {
      const key = keyOf(client, nameIn(memberOf(params, 'clientInfo')));
      if (seen.has(key) || seen.size < MOST_CLIENTS) seen.set(key, false);
    },
    has: (client, params) => {
      const name = nameIn(memberOf(memberOf(params, '_meta'), META.clientInfo));
      if (KNOWN.includes(name)) return true;
      const key = keyOf(client, name);
      const isPending = name === '' ? undefined : seen.get(key);
      if (isPending === undefined) return false;
      if (isPending) seen.delete(key);
      else seen.set(key, true);
      return !isPending;
    },
  };
}
