import { LanyardError } from '../../../shared/errors.ts';
import type { PolicyServer } from '../../../shared/policy.ts';
import type { Conversation } from '../mcp/responder.ts';
import type { RpcRequest } from '../mcp/rpc.ts';
import type { BackContext } from './context.ts';
import { roomFor, type Shares } from './fair-share.ts';
import { isAskable } from './input-required.ts';
import { createMcpSession, fingerprintOf, type McpSession, profileOf } from './mcp-session.ts';
import { createSessionEvents, type SessionEvents } from './session-events.ts';

/** MCP sessions that we keep at one server. */
const LIMIT: Shares = { share: 64, total: 256 };

/** An MCP session that nobody uses is ended after this, in ms. */
const IDLE_MS = 600_000;

/** An MCP session in use. */
export interface UsedSession {
  readonly session: McpSession;
  readonly events: SessionEvents;
  /** For what outlives the request: another use of the same kind, released by itself. */
  hold(): UsedSession;
  /** Says once that it is not used any more. */
  release(): void;
}

/**
 * The MCP sessions at one server: one for each conversation and set of client capabilities, and a further one for each
 * call that its client may be asked something within while another such call is under way. What a server asks beside
 * the calls' own streams names no call, and a conversation may be several programs, whose windows must not show each
 * other's questions.
 */
export interface McpSessions {
  /**
   * Lends the MCP session that a request is to be sent in.
   *
   * @throws {LanyardError} `too-many-mcp-sessions` where no more fit, and none may go.
   */
  use(conversation: Conversation, request: RpcRequest): UsedSession;
  /** Ends those of a conversation, and tells the server. */
  end(conversationId: string): void;
  /** Forgets all of them. The server is not told: the person's token is gone. */
  reset(): void;
}

interface Entry {
  readonly key: string;
  readonly client: string;
  readonly conversationId: string;
  readonly session: McpSession;
  readonly events: SessionEvents;
  users: number;
  /** Users that the server may ask something; one at most where the server has MCP sessions. */
  askable: number;
  callOff: () => void;
}

function tooMany({ name, title }: PolicyServer): LanyardError {
  return new LanyardError({
    code: 'too-many-mcp-sessions',
    user: `Too much is under way at ${title} at once. Try again when some of it is done.`,
    administrator: `There are ${LIMIT.share} MCP sessions of one client at ${name}, or ${LIMIT.total} of all, and all are in use.`,
    recovery: { kind: 'retry' },
  });
}

/** No MCP sessions yet. */
export function createMcpSessions(context: BackContext): McpSessions {
  // In the order of their last use.
  const entries = new Set<Entry>();
  // For each key in the order of their opening: calls one after the other find the state that the server keeps there.
  const groups = new Map<string, Entry[]>();

  const drop = (entry: Entry, tell: boolean) => {
    entries.delete(entry);
    const rest = (groups.get(entry.key) ?? []).filter((other) => other !== entry);
    if (rest.length > 0) groups.set(entry.key, rest);
    else groups.delete(entry.key);
    entry.callOff();
    entry.events.close();
    entry.session.close(tell);
  };

  const open = (key: string, { id: conversationId, client }: Conversation, request: RpcRequest): Entry => {
    const idle = [...entries].filter(({ users }) => users === 0);
    const leaving = roomFor(client, entries, idle, LIMIT);
    if (leaving === 'full') throw tooMany(context.access.server);
    if (leaving) drop(leaving, true);
    const session = createMcpSession(context, profileOf(request));
    const events = createSessionEvents(context, session);
    const entry = { key, client, conversationId, session, events, users: 0, askable: 0, callOff: () => {} };
    groups.set(key, [...(groups.get(key) ?? []), entry]);
    return entry;
  };

  const lend = (entry: Entry, asks: boolean): UsedSession => {
    const { session, events } = entry;
    entry.callOff();
    entry.users += 1;
    if (asks) entry.askable += 1;
    let isReleased = false;
    const release = () => {
      if (isReleased) return;
      isReleased = true;
      entry.users -= 1;
      if (asks) entry.askable -= 1;
      if (entry.users === 0 && !session.closed.aborted)
        entry.callOff = context.schedule(IDLE_MS, () => drop(entry, true));
    };
    return { session, events, hold: () => lend(entry, asks), release };
  };

  const dropAll = (tell: boolean, conversationId?: string) => {
    for (const entry of [...entries])
      if (conversationId === undefined || entry.conversationId === conversationId) drop(entry, tell);
  };

  return {
    use: (conversation, request) => {
      const { capabilities } = profileOf(request);
      const key = `${fingerprintOf(capabilities)} ${conversation.id}`;
      const asks = isAskable(request.method, capabilities);
      // A server without MCP sessions has nowhere else to ask than on the call's own stream.
      const known = groups.get(key)?.find(({ askable, session }) => !asks || askable === 0 || session.isStateless);
      const entry = known ?? open(key, conversation, request);
      entries.delete(entry);
      entries.add(entry);
      return lend(entry, asks);
    },
    end: (conversationId) => dropAll(true, conversationId),
    reset: () => dropAll(false),
  };
}
