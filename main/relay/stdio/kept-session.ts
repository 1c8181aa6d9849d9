import type { Purpose } from '../../grant/keeper.ts';
import { callEnded } from '../server-faults.ts';
import { lineInPlace } from './answer-in-place.ts';
import { type Away, createAway } from './away.ts';
import { ELSEWHERE, type OpeningContext, openAgain, openSession } from './legacy-opening.ts';
import type { LineContext } from './line-context.ts';
import type { McpSession } from './mcp-session.ts';
import { pingSession } from './ping-session.ts';
import type { ServerQuestions } from './server-questions.ts';
import { announced, type Kept, type SessionMemory } from './session-memory.ts';

/** What a client's messages go to: an MCP session, or whoever translates. */
export type Session = McpSession | typeof ELSEWHERE;

/** The MCP session of one legacy client, which outlives those of the server. */
export interface KeptSession {
  /** Whether whoever translates has taken over. */
  readonly isElsewhere: boolean;
  /** The time in which the server is not there. */
  readonly away: Pick<Away, 'begin' | 'end'>;
  /** Answers the client's `initialize`. */
  initialize(kept: Kept): Promise<void>;
  /**
   * Where requests go now; opened anew where there is none.
   *
   * @throws {LanyardError} what keeps it from being opened.
   */
  ensure(purpose?: Purpose): Promise<Session>;
  /** The present one, or the one that is just being opened; `undefined` where there is none. */
  present(): Promise<Session | undefined>;
  /** The client has said that it is ready, and there is nobody to tell. */
  readyAlone(): void;
  /** The server says that this one is over. */
  lost(session: McpSession): void;
  /** Ends this one, since another one is needed. */
  renew(session: McpSession): void;
  /** Ends it at the server. */
  close(): void;
}

/** What a kept session works with. */
export interface KeptSessionContext extends LineContext, OpeningContext {
  readonly memory: SessionMemory;
  readonly questions: ServerQuestions;
  /** The MCP session is gone that requests are under way in. `isOurs`: it may still be there, but not for this person. */
  readonly onGone: (isOurs: boolean) => void;
}

/**
 * Where the server has forgotten the MCP session, or there was none yet since standby had to answer `initialize`, it is
 * opened with the client's own `initialize`, unseen, and brought to where it was; once for all who need it.
 */
export function keepSession(context: KeptSessionContext): KeptSession {
  const { server, outlet, memory, questions, translate, translateUnseen, onGone } = context;
  const { keeper } = server.access;
  let session: McpSession | undefined;
  let opening: Promise<Session> | undefined;
  let isElsewhere = false;
  /** Whose, and which, conversation it is: what was begun for another one is not kept. */
  let conversation = 0;
  let stopWatching = () => {};
  let closed = false;

  const drop = (isOurs: boolean): McpSession | undefined => {
    const dropped = session;
    session?.forget();
    session = undefined;
    for (const line of questions.lose()) outlet.write(line);
    onGone(isOurs);
    return dropped;
  };

  const handOver = (first: Kept): typeof ELSEWHERE => {
    isElsewhere = true;
    for (const { line } of [first, ...(memory.ready ? [memory.ready] : []), ...memory.wishes()]) translateUnseen(line);
    return ELSEWHERE;
  };

  const reopen = async (purpose: Purpose | undefined): Promise<Session> => {
    const { opening: first } = memory;
    if (!first) throw callEnded();
    const mine = conversation;
    const opened = await openAgain(context, memory, first, purpose);
    if (mine !== conversation || closed) {
      if (opened !== ELSEWHERE) opened.forget();
      throw callEnded();
    }
    if (opened === ELSEWHERE) return handOver(first);
    session = opened;
    return opened;
  };

  const ensure = (purpose?: Purpose): Promise<Session> => {
    if (isElsewhere) return Promise.resolve(ELSEWHERE);
    if (session) return Promise.resolve(session);
    if (opening) return opening;
    const mine = reopen(purpose).finally(() => {
      if (opening === mine) opening = undefined;
    });
    opening = mine;
    return mine;
  };

  const away = createAway({
    onReturn: server.standby.onReturn,
    announce: () => {
      for (const line of announced(memory.capabilities)) outlet.write(line);
    },
    reach: async () => {
      if (!memory.ready) throw callEnded();
      const before = session;
      // Nobody asked for it: it is worth no mint of its own.
      const used = await ensure('upkeep');
      if (used !== ELSEWHERE && used === before && !(await pingSession(context, used))) lost(used);
    },
  });

  const initialize = async (kept: Kept): Promise<void> => {
    conversation += 1;
    opening = undefined;
    isElsewhere = false;
    drop(true)?.end();
    memory.open(kept);
    const mine = conversation;
    const opened = await openSession(context, kept);
    if (opened === ELSEWHERE) {
      isElsewhere = true;
      return translate(kept.line);
    }
    const { answered, session: agreed } = opened;
    const written = answered.response?.line ?? lineInPlace(context, kept.message, kept.line, answered);
    memory.answered(kept, written);
    outlet.write(written);
    if (agreed && mine === conversation) {
      session = agreed;
      server.used();
    } else if (agreed || answered.fault) away.begin();
  };

  const lost = (which: McpSession) => {
    if (session === which) drop(false);
  };

  // As another person, or as nobody, the MCP session may not go on.
  const watch = () => {
    stopWatching = keeper.onReset(() => {
      conversation += 1;
      opening = undefined;
      drop(true);
      if (memory.opening && !isElsewhere) away.begin();
      if (!closed) watch();
    });
  };
  watch();

  return {
    get isElsewhere() {
      return isElsewhere;
    },
    away,
    initialize,
    ensure,
    present: async () => session ?? opening?.catch(() => undefined),
    readyAlone: away.look,
    lost,
    renew: (which) => {
      if (session === which) drop(false)?.end();
    },
    close: () => {
      closed = true;
      stopWatching();
      away.close();
      const ending = session;
      session = undefined;
      ending?.end();
    },
  };
}
