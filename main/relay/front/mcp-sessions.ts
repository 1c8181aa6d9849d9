import type { Schedule } from '../../../shared/schedule.ts';
import { roomFor, type Shares } from '../back/fair-share.ts';
import type { McpSession } from './mcp-session.ts';

/** MCP sessions that one front has at most. Many clients never end theirs. */
const LIMIT: Shares = { share: 250, total: 1_000 };

/** An MCP session without its client ends after that long, in ms: a laptop may sleep over a weekend's day. */
const IDLE_LIMIT_MS = 24 * 60 * 60_000;

/** The MCP sessions of a front. */
export interface McpSessions {
  /** The client's own by its id, now used; `undefined` for one that ended, and for somebody else's. */
  use(id: string, client: string): McpSession | undefined;
  /**
   * Adds one; where its client has too many, the one of its own goes that was used least lately, of those whose client
   * is not there, and one that does nothing before a busy one. Where all clients together have, others' that do nothing
   * go too. `false` where none may go.
   */
  add(session: McpSession): boolean;
  end(session: McpSession): void;
  endAll(): void;
}

interface Held {
  readonly session: McpSession;
  cancelIdle: () => void;
}

/** See {@link McpSessions}. */
export function createMcpSessions(schedule: Schedule, limits = LIMIT): McpSessions {
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
    entry.cancelIdle = schedule(IDLE_LIMIT_MS, () => (session.isAttached ? touch(entry) : end(session)));
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
      const all = [...held.values()].map((one) => one.session);
      const away = all.filter(({ isAttached }) => !isAttached);
      const idle = away.filter(({ isBusy }) => !isBusy);
      const ownBusy = away.filter(({ isBusy, client }) => isBusy && client === session.client);
      const leaving = roomFor(session.client, all, [...idle, ...ownBusy], limits);
      if (leaving === 'full') return false;
      if (leaving) end(leaving);
      touch({ session, cancelIdle: () => {} });
      return true;
    },
    end,
    endAll: () => {
      for (const { session } of [...held.values()]) end(session);
    },
  };
}
