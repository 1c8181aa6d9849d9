import { LanyardError } from '../../../shared/errors.ts';
import type { Schedule } from '../../../shared/schedule.ts';
import type { Exchange, Responder } from '../mcp/responder.ts';
import type { Outcome, RpcNotification, RpcRequest } from '../mcp/rpc.ts';
import { pause } from '../pause.ts';
import { acknowledgement, changes, filterOf, NO_FILTER } from './listening.ts';
import { watchReturns } from './returns-watch.ts';

/**
 * Pause before a stream that broke off is opened again, in ms; also before one whose server seemed to be back and was
 * not, since that try may itself be what makes it seem so.
 */
const REOPEN_MS = 1_000;

/** One that breaks off again and again is opened after pauses that double up to this, in ms. */
const LONGEST_REOPEN_MS = 30_000;

/** What a listening stream works with. */
export interface LastingListenContext {
  readonly responder: Responder;
  readonly onReturn: (listener: () => void) => () => void;
  /** How often the responder was reset so far. */
  readonly resets: () => number;
  readonly schedule: Schedule;
}

/** Notifies, but for acknowledgements after the first: to the client it is one stream. */
function acknowledgingOnce({ notify }: Exchange, isAcknowledgement: (one: RpcNotification) => boolean) {
  let isAcknowledged = false;
  return (notification: RpcNotification): void => {
    if (isAcknowledgement(notification) && isAcknowledged) return;
    isAcknowledged ||= isAcknowledgement(notification);
    notify(notification);
  };
}

/**
 * Answers a `subscriptions/listen` that outlives its server: it is acknowledged once, and opened at the server as often
 * as that comes back. Clients that are refused one, or see it end without a fault, may never listen again.
 */
export async function listenLastingly(
  request: RpcRequest,
  exchange: Exchange,
  { responder, onReturn, resets, schedule }: LastingListenContext,
): Promise<Outcome> {
  const filter = filterOf(request);
  if (!filter) return NO_FILTER;
  const { signal } = exchange;
  const acknowledged = acknowledgement(request.id, filter);
  const isAcknowledgement = ({ method }: RpcNotification) => method === acknowledged.method;
  const notify = acknowledgingOnce(exchange, isAcknowledgement);

  let pauseMs = REOPEN_MS;
  for (let attempt = 0, isOfReturn = false; ; attempt += 1) {
    const before = resets();
    const returns = watchReturns(onReturn);
    let stands = false;
    const stand = () => {
      if (stands) return;
      stands = true;
      // What comes back later is a matter for when it has gone.
      returns.stop();
      if (attempt > 0) for (const change of changes(request.id, filter)) notify(change);
    };
    const passOn = (notification: RpcNotification) => {
      notify(notification);
      if (isAcknowledgement(notification)) stand();
    };
    try {
      try {
        const outcome = await responder.answer(request, { ...exchange, notify: passOn });
        if ('error' in outcome) return outcome;
        // With a person goes what was opened for them, and the client stays: it was not the server that ended it.
        if (resets() === before) {
          stand();
          return outcome;
        }
      } catch (error) {
        if (!(error instanceof LanyardError) || signal.aborted) throw error;
      }
      notify(acknowledged);
      const wasOfReturn = isOfReturn;
      isOfReturn = !stands;
      if (!stands) await returns.next(signal);
      if (stands || wasOfReturn) await pause(schedule, pauseMs, signal);
      pauseMs = stands ? Math.min(pauseMs * 2, LONGEST_REOPEN_MS) : REOPEN_MS;
    } finally {
      returns.stop();
    }
    signal.throwIfAborted();
  }
}
