import { OWN_MCP_SESSION } from './mcp/own-sessions.ts';
import { type Era, LEGACY_REVISIONS } from './mcp/revisions.ts';
import type { ServerTraits } from './server-traits.ts';

/** What is known of a client's HTTP request before anything is sent. */
export interface WayInput {
  readonly verb: string;
  readonly mcpSessionId: string | undefined;
  /** Its `MCP-Protocol-Version` header. */
  readonly revision: string | undefined;
  /** Its JSON-RPC method where it is one of the two; only these are looked for. */
  readonly opens: 'initialize' | 'server/discover' | undefined;
  /** Whether this client goes on with `initialize` if `server/discover` fails. */
  readonly fallsBack: () => boolean;
  readonly isForeignSession: (id: string) => boolean;
}

/**
 * How a request gets its answer.
 *
 * - `direct`: as the bytes it came in; `look` says in which era an answer must be looked at first, since it is not yet
 *   known whether the server speaks it.
 * - `own`: its MCP session is ours.
 * - `translate`: the server does not speak the client's era.
 * - `gone`: its MCP session belongs to another person.
 */
export type Way =
  | { readonly kind: 'direct'; readonly look?: Era }
  | { readonly kind: 'own' }
  | { readonly kind: 'translate' }
  | { readonly kind: 'gone' };

const LEGACY: ReadonlySet<string> = new Set([...LEGACY_REVISIONS, '2024-11-05']);

const DIRECT: Way = { kind: 'direct' };

/** Decides it. Pure. */
export function chooseWay(input: WayInput, traits: Pick<ServerTraits, 'speaks'>): Way {
  const { verb, mcpSessionId, revision, opens } = input;
  if (mcpSessionId !== undefined) {
    if (mcpSessionId.startsWith(OWN_MCP_SESSION)) return { kind: 'own' };
    if (input.isForeignSession(mcpSessionId)) return { kind: 'gone' };
  }
  if (verb !== 'POST') return DIRECT;
  // A revision that nobody knows is newer than those we know: only a server of the modern era can say so.
  if (revision !== undefined && !LEGACY.has(revision)) {
    const speaks = traits.speaks('modern');
    if (speaks) return DIRECT;
    // Who knows both eras had better be told "no": it then speaks to the server in the server's own.
    if (opens === 'server/discover' && input.fallsBack()) return DIRECT;
    return speaks === false ? { kind: 'translate' } : { kind: 'direct', look: 'modern' };
  }
  if (opens !== 'initialize' || traits.speaks('legacy')) return DIRECT;
  return traits.speaks('legacy') === false ? { kind: 'translate' } : { kind: 'direct', look: 'legacy' };
}
