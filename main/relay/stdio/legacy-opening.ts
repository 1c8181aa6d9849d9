import { LanyardError } from '../../../shared/errors.ts';
import type { Purpose } from '../../grant/keeper.ts';
import { judgeFirstAnswer } from '../first-answer.ts';
import { messageHeaders, negotiatedRevision } from '../message.ts';
import type { AnswerMessage } from './answer-message.ts';
import type { LineContext } from './line-context.ts';
import { createMcpSession, type McpSession } from './mcp-session.ts';
import type { Answered } from './posting.ts';
import type { Kept, SessionMemory } from './session-memory.ts';

/** The server speaks the other era only: whoever translates takes over. */
export const ELSEWHERE = 'elsewhere';

/** What a client's `initialize` came to. */
export type Opened =
  | typeof ELSEWHERE
  | {
      readonly answered: Answered;
      /** Where the server agreed. */
      readonly session: McpSession | undefined;
    };

/** What opening works with. */
export interface OpeningContext extends Pick<LineContext, 'server' | 'wire' | 'schedule'> {
  /** Hears of what the server says beside its responses. */
  readonly onMessage: (message: AnswerMessage) => void;
}

/** Sends a client's `initialize`; with the EMA extension declared, where the server wants that. Writes no response. */
export async function openSession(context: OpeningContext, kept: Kept, purpose?: Purpose): Promise<Opened> {
  const { server, wire, onMessage } = context;
  const { traits } = server.access;
  if (traits.speaks('legacy') === false) return ELSEWHERE;
  const posting = wire.post(kept.message, kept.line, {
    headers: messageHeaders(kept.message, {}),
    purpose,
    onMessage: (message) => {
      if (!message.answers) onMessage(message);
    },
  });
  const answered = await posting.answered;
  const { status, mcpSessionId, response } = answered;
  const text = response?.line ?? '';
  const shown = judgeFirstAnswer({ era: 'legacy', opens: 'initialize', status, text });
  if (shown === 'declare-ema' && !posting.declaresEma) {
    traits.learnEma();
    return openSession(context, kept, purpose);
  }
  if (shown === 'wrong-era') {
    traits.learnEra('legacy', false);
    return ELSEWHERE;
  }
  const revision = negotiatedRevision(text);
  if (revision === undefined) return { answered, session: undefined };
  traits.learnEra('legacy', true);
  return { answered, session: createMcpSession({ revision, mcpSessionId }, context) };
}

/**
 * Opens a new MCP session in place of one that is gone, and brings it to where that was. The client notices nothing.
 *
 * @throws {LanyardError} what kept the server from it.
 */
export async function openAgain(
  context: OpeningContext,
  memory: SessionMemory,
  first: Kept,
  purpose?: Purpose,
): Promise<McpSession | typeof ELSEWHERE> {
  const { wire, onMessage } = context;
  const opened = await openSession(context, first, purpose);
  if (opened === ELSEWHERE) return ELSEWHERE;
  const { session, answered } = opened;
  if (!session) throw answered.fault ?? notOpened(context.server.access.server.title, answered.status);
  const repeat = async ({ message, line }: Kept): Promise<void> => {
    const { fault } = await wire.post(message, line, {
      headers: messageHeaders(message, session.negotiated),
      purpose,
      onMessage: (one) => {
        if (!one.answers) onMessage(one);
      },
    }).answered;
    if (fault) throw fault;
  };
  try {
    if (memory.ready) {
      await repeat(memory.ready);
      session.ready();
    }
    for (const wish of memory.wishes()) await repeat(wish);
  } catch (error) {
    session.end();
    throw error;
  }
  return session;
}

function notOpened(title: string, status: number): LanyardError {
  return new LanyardError({
    code: 'mcp-session-refused',
    user: `${title} does not take up this conversation again (HTTP ${status}). Restart the app that uses it.`,
    administrator: `${title} refused the client's own initialize when it was sent again after its MCP session had ended.`,
    recovery: { kind: 'retry' },
  });
}
