import { LanyardError } from '../../../shared/errors.ts';
import { type Schedule, systemSchedule } from '../../../shared/schedule.ts';
import type { Exchange, Responder } from '../mcp/responder.ts';
import type { Outcome, RpcRequest } from '../mcp/rpc.ts';
import { acknowledgement, changes, filterOf, NO_FILTER } from './listening.ts';
import { withoutSignInAnswer } from './sign-in-round.ts';
import { type StandbyFacts, standbyOutcome } from './standby-outcome.ts';

/** What {@link withStandby} works with. */
export interface StandbyContext {
  /** What there is to say, for the fault that kept the server's answer away. */
  facts(error: LanyardError): StandbyFacts;
  /** Calls back when the server may be reached again. Gives what ends that. */
  onReturn(listener: () => void): () => void;
  /** The machine's timers unless a test says otherwise. */
  readonly schedule?: Schedule;
}

/**
 * Pause before a stream is opened at the server that was opened there before and failed, in ms. That try may itself be
 * what makes the server seem to be back.
 */
const REOPEN_MS = 1_000;

interface Returns {
  /** Resolves at the next return, or at once where there was one since the last time; also when the client is gone. */
  next(): Promise<void>;
  stop(): void;
}

function watchReturns({ onReturn }: StandbyContext, signal: AbortSignal): Returns {
  let isBack = false;
  let wake = () => {};
  const stop = onReturn(() => {
    isBack = true;
    wake();
  });
  const onAbort = () => wake();
  signal.addEventListener('abort', onAbort);
  return {
    next: async () => {
      if (!isBack && !signal.aborted)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      isBack = false;
    },
    stop: () => {
      signal.removeEventListener('abort', onAbort);
      stop();
    },
  };
}

function pause(schedule: Schedule, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const callOff = schedule(REOPEN_MS, () => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
    const stop = () => {
      callOff();
      resolve();
    };
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  });
}

/** A stream that outlives its server: it is acknowledged once, and opened at the server as often as that comes back. */
async function listen(
  responder: Responder,
  request: RpcRequest,
  exchange: Exchange,
  context: StandbyContext,
): Promise<Outcome> {
  const filter = filterOf(request);
  if (!filter) return NO_FILTER;
  const { signal } = exchange;
  const acknowledged = acknowledgement(request.id, filter);
  let isAcknowledged = false;
  const once: Exchange = {
    ...exchange,
    notify: (notification) => {
      if (notification.method === acknowledged.method && isAcknowledged) return;
      isAcknowledged ||= notification.method === acknowledged.method;
      exchange.notify(notification);
    },
  };
  const returns = watchReturns(context, signal);
  try {
    for (let failures = 0; ; ) {
      try {
        return await responder.answer(request, once);
      } catch (error) {
        if (!(error instanceof LanyardError) || signal.aborted) throw error;
      }
      failures += 1;
      if (!isAcknowledged) once.notify(acknowledged);
      await returns.next();
      if (failures > 1) await pause(context.schedule ?? systemSchedule, signal);
      signal.throwIfAborted();
      for (const change of changes(request.id, filter)) exchange.notify(change);
    }
  } finally {
    returns.stop();
  }
}

/**
 * A responder whose unanswered requests standby answers. Listening streams stay open while the server is away; when it
 * is back, their clients hear that the lists are other ones, and the stream goes on at the server.
 */
export function withStandby(responder: Responder, context: StandbyContext): Responder {
  return {
    answer: async (request, exchange) => {
      if (request.method === 'subscriptions/listen') return listen(responder, request, exchange, context);
      try {
        return await responder.answer(withoutSignInAnswer(request), exchange);
      } catch (error) {
        if (!(error instanceof LanyardError) || exchange.signal.aborted) throw error;
        return standbyOutcome(request, context.facts(error));
      }
    },
    end: (conversationId) => responder.end(conversationId),
    reset: () => responder.reset(),
  };
}
