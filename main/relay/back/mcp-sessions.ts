import type { RpcRequest } from '../mcp/rpc.ts';
import type { BackContext } from './context.ts';
import { createMcpSession, fingerprintOf, type McpSession, profileOf } from './mcp-session.ts';
import { createSessionEvents, type SessionEvents } from './session-events.ts';

/** MCP sessions that we keep at one server; the one that was used least recently goes. */
const SESSION_LIMIT = 64;

/** An MCP session that nobody uses is ended after this, in ms. */
const IDLE_MS = 600_000;

/** An MCP session in use. */
export interface UsedSession {
  readonly session: McpSession;
  readonly events: SessionEvents;
  /** Says once that it is not used any more. */
  release(): void;
}

/** The MCP sessions at one server: one for each conversation and set of client capabilities. */
export interface McpSessions {
  use(conversationId: string, request: RpcRequest): UsedSession;
  /** Ends those of a conversation, and tells the server. */
  end(conversationId: string): void;
  /** Forgets all of them. The server is not told: the person's token is gone. */
  reset(): void;
}

interface Entry {
  readonly conversationId: string;
  readonly session: McpSession;
  readonly events: SessionEvents;
  users: number;
  callOff: () => void;
}

/** No MCP sessions yet. */
export function createMcpSessions(context: BackContext): McpSessions {
  // In the order of their last use.
  const entries = new Map<string, Entry>();

  const drop = (key: string, entry: Entry, tell: boolean) => {
    if (entries.get(key) === entry) entries.delete(key);
    entry.callOff();
    entry.events.close();
    entry.session.close(tell);
  };

  const makeRoom = () => {
    if (entries.size < SESSION_LIMIT) return;
    const all = [...entries];
    const [key, entry] = all.find(([, { users }]) => users === 0) ?? all[0] ?? [];
    if (key !== undefined && entry) drop(key, entry, true);
  };

  const find = (key: string, conversationId: string, request: RpcRequest): Entry => {
    const known = entries.get(key);
    if (known) {
      known.callOff();
      entries.delete(key);
      return known;
    }
    makeRoom();
    const session = createMcpSession(context, profileOf(request));
    return { conversationId, session, events: createSessionEvents(context, session), users: 0, callOff: () => {} };
  };

  const dropAll = (tell: boolean, conversationId?: string) => {
    for (const [key, entry] of [...entries])
      if (conversationId === undefined || entry.conversationId === conversationId) drop(key, entry, tell);
  };

  return {
    use: (conversationId, request) => {
      const key = `${fingerprintOf(profileOf(request).capabilities)} ${conversationId}`;
      const entry = find(key, conversationId, request);
      entries.set(key, entry);
      entry.users += 1;
      let isReleased = false;
      const release = () => {
        if (isReleased) return;
        isReleased = true;
        entry.users -= 1;
        if (entry.users > 0 || entry.session.closed.aborted) return;
        entry.callOff();
        entry.callOff = context.schedule(IDLE_MS, () => drop(key, entry, true));
      };
      return { session: entry.session, events: entry.events, release };
    },
    end: (conversationId) => dropAll(true, conversationId),
    reset: () => dropAll(false),
  };
}
