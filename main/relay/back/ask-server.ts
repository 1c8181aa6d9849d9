import type { Schedule } from '../../../shared/schedule.ts';
import type { Purpose } from '../../grant/keeper.ts';
import type { Outcome, RpcMessage, RpcRequest } from '../mcp/rpc.ts';
import type { ServerAccess } from '../server-call.ts';
import type { Meter } from './meter.ts';
import { outcomeFor } from './outcomes.ts';
import { openStream } from './server-stream.ts';

/** How long an answer may stay open after the response, which servers should end it with, in ms. */
export const LINGER_MS = 1_000;

/** What a request came to. */
export interface Asked {
  /** HTTP status; 0 after an abort. */
  readonly status: number;
  readonly mcpSessionId: string | undefined;
  /** `undefined` where the answer held none. */
  readonly outcome: Outcome | undefined;
}

/** How a request is sent; see {@link askServer}. */
export interface Asking {
  readonly access: ServerAccess;
  readonly schedule: Schedule;
  readonly headers: readonly string[];
  readonly purpose: Purpose;
  readonly meter?: Meter | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Gets everything but the response; an outcome that it gives counts as one. */
  onMessage?(message: RpcMessage): Outcome | undefined;
}

/**
 * Posts one request and waits for its response on the same HTTP answer.
 *
 * @throws {LanyardError} where the server was not reached, or the answer broke off before the response.
 */
export async function askServer(request: RpcRequest, asking: Asking): Promise<Asked> {
  const { access, schedule, headers, purpose, meter, signal, onMessage } = asking;
  const head = { status: 0, mcpSessionId: undefined as string | undefined };
  const answered = Promise.withResolvers<void>();
  const given = { outcome: undefined as Outcome | undefined };
  const stream = openStream(access, {
    method: 'POST',
    purpose,
    headers,
    message: request,
    meter,
    onHead: (status, mcpSessionId) => Object.assign(head, { status, mcpSessionId }),
    onMessage: (message) => {
      if (given.outcome) return;
      given.outcome = outcomeFor(request.id, message) ?? onMessage?.(message);
      if (given.outcome) answered.resolve();
    },
  });
  const abort = () => stream.abort();
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted) abort();
  try {
    const end = await Promise.race([answered.promise, stream.ended]);
    if (given.outcome) {
      const callOff = schedule(LINGER_MS, abort);
      void stream.ended.then(callOff);
    } else if (end?.fault) throw end.fault;
    return { ...head, ...given };
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}
