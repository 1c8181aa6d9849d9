import { faultOf } from '../../../shared/errors.ts';
import { errorMessage } from '../answers.ts';
import { asksForEma } from '../declare-ema.ts';
import { METHOD_NOT_FOUND } from '../mcp/rpc.ts';
import { messageHeaders, type OutgoingMessage, sessionHeaders } from '../message.ts';
import { ANSWER_TOO_LARGE } from './answer.ts';
import { errorIn, lineInPlace } from './answer-in-place.ts';
import type { AnswerMessage } from './answer-message.ts';
import { createInFlight, type UnderWay } from './in-flight.ts';
import { type KeptSession, keepSession } from './kept-session.ts';
import { ELSEWHERE } from './legacy-opening.ts';
import { tellServer } from './legacy-telling.ts';
import { type LineContext, tooMany } from './line-context.ts';
import type { McpSession } from './mcp-session.ts';
import type { Answered } from './posting.ts';
import { createServerQuestions } from './server-questions.ts';
import { createSessionMemory, type Kept } from './session-memory.ts';

/** A request whose MCP session is gone and whose stream stays silent is given up after this time, in ms. */
const GONE_MS = 60_000;

/** An MCP session that is forgotten as soon as it was opened is not opened for ever. */
const REOPEN_LIMIT = 3;

/** A client that sends no `initialize`: what it says goes to the server all the same, whose answer it then gets. */
const NEVER_OPENED: Pick<McpSession, 'negotiated'> = { negotiated: {} };

/** A stdio client of the legacy era, whose messages go to its server as they are. */
export interface LegacyLine {
  /** Whether the client has opened a conversation in this era that still goes directly to the server. */
  readonly isOpen: boolean;
  /** Resolves when the next message may be handled. */
  handle(message: OutgoingMessage, line: string): Promise<void> | void;
  /** Ends the MCP session at the server. */
  close(): void;
}

/** Adds what only HTTP has: headers, the MCP session, the listening stream. */
export function createLegacyLine(context: LineContext): LegacyLine {
  const { server, outlet, wire, schedule, translate, run } = context;
  const { traits, server: target } = server.access;
  const inFlight = createInFlight();
  const memory = createSessionMemory();
  const questions = createServerQuestions();
  const toClient = (message: AnswerMessage) => {
    questions.heard(message);
    outlet.write(message.line);
  };
  const sessions: KeptSession = keepSession({
    ...context,
    memory,
    questions,
    onMessage: toClient,
    onGone: (isOurs) => {
      for (const request of inFlight.all()) {
        const { posting } = request;
        if (isOurs) posting?.stopResuming();
        else if (posting) planAbort(request, GONE_MS, () => posting.abort());
      }
    },
  });

  const planAbort = (request: UnderWay, ms: number, abort: () => void) => {
    const before = request.callOff;
    const callOff = schedule(ms, abort);
    request.callOff = () => {
      before();
      callOff();
    };
  };

  // Every request gets an answer, also one whose MCP session was lost under it.
  const settle = ({ message, line }: Kept, request: UnderWay, { status, fault, isAborted }: Outcome): void => {
    if (request.isCancelled) return;
    const written = isAborted
      ? errorMessage(
          request.id,
          `${target.title} has forgotten this call. It may have been carried out.`,
          'mcp-session-lost',
        )
      : lineInPlace(context, message, line, { status, fault });
    memory.answered({ message, line }, written);
    outlet.write(written);
    if (fault && fault.code !== ANSWER_TOO_LARGE && memory.opening) sessions.away.begin();
  };

  const attempt = async (kept: Kept, request: UnderWay, tries: number): Promise<void> => {
    const { message, line } = kept;
    let used: Pick<McpSession, 'negotiated'> | typeof ELSEWHERE;
    try {
      used = memory.opening ? await sessions.ensure() : NEVER_OPENED;
    } catch (error) {
      const fault = faultOf(error);
      wire.unsent(line, fault);
      return settle(kept, request, { status: 0, fault, isAborted: false });
    }
    if (request.isCancelled) return;
    if (used === ELSEWHERE) return translate(line);
    const { negotiated } = used;
    const posting = wire.post(message, line, {
      headers: messageHeaders(message, negotiated),
      resumeHeaders: negotiated.revision === undefined ? undefined : sessionHeaders(negotiated),
      // What a server refuses with may be for us: its word that the MCP session is over.
      onMessage: (one, status) => {
        if (!one.answers || status < 400) toClient(one);
      },
    });
    request.posting = posting;
    const answered = await posting.answered;
    request.posting = undefined;
    const { response, status } = answered;
    const error = status >= 400 ? errorIn(response?.line) : undefined;
    const mayRepeat = tries < REOPEN_LIMIT && !request.isCancelled && 'forget' in used;
    if (mayRepeat && asksForEma(error) && !posting.declaresEma) {
      traits.learnEma();
      sessions.renew(used as McpSession);
      return attempt(kept, request, tries + 1);
    }
    // Some servers say with this status that they do not know a method.
    const isGone = status === 404 && negotiated.mcpSessionId !== undefined && error?.code !== METHOD_NOT_FOUND;
    if (mayRepeat && isGone) {
      sessions.lost(used as McpSession);
      return attempt(kept, request, tries + 1);
    }
    if (!response) return settle(kept, request, answered);
    if (status >= 400) outlet.write(response.line);
    memory.answered(kept, response.line);
    if (status < 500 && memory.ready) sessions.away.end();
  };

  return {
    get isOpen() {
      return memory.opening !== undefined && !sessions.isElsewhere;
    },
    handle: (message, line) => {
      const kept = { message, line };
      const { kind, method, id } = message;
      if (method === 'initialize' && kind === 'request') return sessions.initialize(kept);
      if (kind !== 'request' || id === undefined)
        return tellServer(kept, { ...context, sessions, memory, questions, inFlight, toClient, planAbort });
      if (sessions.isElsewhere) return translate(line);
      const request = inFlight.begin(id);
      if (!request) return outlet.write(tooMany(message));
      // Requests run side by side.
      run(attempt(kept, request, 0).finally(() => inFlight.end(request)));
    },
    close: sessions.close,
  };
}

type Outcome = Pick<Answered, 'status' | 'fault' | 'isAborted'>;
