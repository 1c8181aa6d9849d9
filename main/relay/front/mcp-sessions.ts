import type { Schedule } from '../../../shared/schedule.ts';
import type { McpSession } from './mcp-session.ts';

/** MCP sessions that one front has at most. Many clients never end theirs. */
const SESSION_LIMIT = 1_000;

/** An MCP session that nobody used for that long ends, in ms: a laptop may sleep over a weekend's day. */
const IDLE_LIMIT_MS = 24 * 60 * 60_000;

/** The MCP sessions of a front. */
export interface McpSessions {
  /** The client's own by its id, now used; `undefined` for one that ended, and for somebody else's. */
  use(id: string, client: string): McpSession | undefined;
  /** Adds one; where there are too many, the one that was used least lately goes. `false` where all are busy. */
  add(session: McpSession): boolean;
  end(session: McpSession): void;
  endAll(): void;
}

interface Held {
  readonly session: McpSession;
  cancelIdle: () => void;
}

/** See {@link McpSessions}. */
export function createMcpSessions(schedule: Schedule, limit = SESSION_LIMIT): McpSessions {
  // Insertion order is order of use.
  const held = new Map<string, Held>();
  const end = (session: McpSession) => {
    held.get(session.id)?.cancelIdle();
    held.delete(session.id);
    session.end();
  };
  const touch = (entry: Held) => {
    const { session } = entry;
    entry.cancelIdle();
    entry.cancelIdle = schedule(IDLE_LIMIT_MS, () => end(session));
    held.delete(session.id);
    held.set(session.id, entry);
  };
  return {
    use: (id, client) => {
      const entry = held.get(id);
      if (!entry || entry.session.client !== client) return undefined;
      touch(entry);
      return entry.session;
    },
    add: (session) => {
      if (held.size >= limit) {
        const idle = [...held.values()].find((entry) => !entry.session.isBusy);
        if (!idle) return false;
        end(idle.session);
      }
      touch({ session, cancelIdle: () => {} });
      return true;
    },
    end,
    endAll: () => {
      for (const { session } of [...held.values()]) end(session);
    },
  };
}
