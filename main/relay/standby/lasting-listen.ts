import { LanyardError } from '../../../shared/errors.ts';
import type { Schedule } from '../../../shared/schedule.ts';
import { createPause } from '../front/pause.ts';
import type { Exchange, Responder } from '../mcp/responder.ts';
import type { Outcome, RpcRequest } from '../mcp/rpc.ts';
import { acknowledgement, changes, filterOf, NO_FILTER } from './listening.ts';
import { watchReturns } from './returns-watch.ts';

/**
 * Pause before a stream is opened at the server that was opened there before and failed, in ms. That try may itself be
 * what makes the server seem to be back.
 */
const REOPEN_MS = 1_000;

/** What a listening stream works with. */
export interface LastingListenContext {
  readonly responder: Responder;
  readonly onReturn: (listener: () => void) => () => void;
  readonly schedule: Schedule;
}

/** The same exchange, where an acknowledgement after the first is not passed on. */
function acknowledgedOnce(
  exchange: Exchange,
): Exchange & { acknowledge(of: ReturnType<typeof acknowledgement>): void } {
  let isAcknowledged = false;
  const once: Exchange = {
    ...exchange,
    notify: (notification) => {
      const isAcknowledgement = notification.method === 'notifications/subscriptions/acknowledged';
      if (isAcknowledgement && isAcknowledged) return;
      isAcknowledged ||= isAcknowledgement;
      exchange.notify(notification);
    },
  };
  return { ...once, acknowledge: once.notify };
}

/**
 * Answers a `subscriptions/listen` that outlives its server: it is acknowledged once, and opened at the server as often
 * as that comes back. Clients that are refused one, or see it end without a fault, may never listen again.
 */
export async function listenLastingly(
  request: RpcRequest,
  exchange: Exchange,
  { responder, onReturn, schedule }: LastingListenContext,
): Promise<Outcome> {
  const filter = filterOf(request);
  if (!filter) return NO_FILTER;
  const { signal } = exchange;
  const pause = createPause(schedule);
  const once = acknowledgedOnce(exchange);
  const returns = watchReturns(onReturn);
  try {
    for (let failures = 0; ; ) {
      try {
        return await responder.answer(request, once);
      } catch (error) {
        if (!(error instanceof LanyardError) || signal.aborted) throw error;
      }
      failures += 1;
      once.acknowledge(acknowledgement(request.id, filter));
      await returns.next(signal);
      if (failures > 1) await pause(REOPEN_MS, signal);
      signal.throwIfAborted();
      for (const change of changes(request.id, filter)) exchange.notify(change);
    }
  } finally {
    returns.stop();
  }
}
