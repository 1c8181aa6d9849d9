import { messageHeaders } from '../message.ts';
import type { AnswerMessage } from './answer-message.ts';
import type { InFlight, UnderWay } from './in-flight.ts';
import type { KeptSession } from './kept-session.ts';
import { ELSEWHERE } from './legacy-opening.ts';
import type { LineContext } from './line-context.ts';
import type { Posting } from './posting.ts';
import type { ServerQuestions } from './server-questions.ts';
import type { Kept, SessionMemory } from './session-memory.ts';

/** How long a message waits for a notification before it to be taken, in ms: a server that hangs must not hold all. */
const ORDER_LIMIT_MS = 5_000;

/** A notification or response that a server has not dealt with by then is given up, in ms. */
const TELL_LIMIT_MS = 60_000;

/** A server need not answer a request that was cancelled; its stream is closed after this time, in ms. */
const CANCELLED_MS = 5_000;

/** What telling works with. */
export interface TellingContext extends LineContext {
  readonly sessions: KeptSession;
  readonly memory: SessionMemory;
  readonly questions: ServerQuestions;
  readonly inFlight: InFlight;
  readonly toClient: (message: AnswerMessage) => void;
  readonly planAbort: (request: UnderWay, ms: number, abort: () => void) => void;
}

function cancel(request: UnderWay, { planAbort }: TellingContext): void {
  request.isCancelled = true;
  request.posting?.stopResuming();
  planAbort(request, CANCELLED_MS, () => request.posting?.abort());
}

function takenInTime({ taken }: Posting, { schedule }: TellingContext): Promise<void> {
  return new Promise((resolve) => {
    const callOff = schedule(ORDER_LIMIT_MS, resolve);
    void taken.then(() => {
      callOff();
      resolve();
    });
  });
}

/** Hands a notification or response of the client to the server. Resolves when the next message may be handled. */
export async function tellServer(kept: Kept, context: TellingContext): Promise<void> {
  const { sessions, memory, questions, inFlight, toClient, wire, schedule, translate, run } = context;
  const { message, line } = kept;
  const isReady = message.method === 'notifications/initialized';
  memory.told(kept);
  if (sessions.isElsewhere) return translate(line);
  if (message.kind === 'response' && message.id !== undefined && !questions.takes(message.id)) return;
  const cancelled = message.cancels === undefined ? undefined : inFlight.get(message.cancels);
  if (cancelled) {
    const isPosted = cancelled.posting !== undefined;
    cancel(cancelled, context);
    if (!isPosted) return;
  }
  const used = memory.opening && (await sessions.present());
  // Without a server there is nobody to tell; what matters of it is told when there is one.
  if (memory.opening && !used) return isReady ? sessions.readyAlone() : undefined;
  if (used === ELSEWHERE) {
    // Whoever took over meanwhile was told of it.
    if (!isReady) translate(line);
    return;
  }
  if (isReady && used?.isReady) return;
  const posting = wire.post(message, line, {
    headers: messageHeaders(message, used?.negotiated ?? {}),
    // Nobody waits for what a server has to say to a notification that it refuses.
    onMessage: (one, status) => {
      if (status < 400) toClient(one);
    },
  });
  const callOff = schedule(TELL_LIMIT_MS, posting.abort);
  run(
    posting.answered.then(({ status }) => {
      callOff();
      if (status === 404 && used?.negotiated.mcpSessionId !== undefined) sessions.lost(used);
    }),
  );
  await takenInTime(posting, context);
  if (isReady) used?.ready();
}
