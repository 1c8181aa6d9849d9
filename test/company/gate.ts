import { type IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { answerWithFault } from './fault-answer.ts';
import type { Fault, FaultController, FaultPlace } from './faults.ts';
import { peekGrantType } from './grant-type.ts';
import type { Handler } from './http.ts';
import type { TokenRequestLog } from './token-requests.ts';

/** A request as seen by the latency option. */
export interface Arrival {
  readonly at: FaultPlace | undefined;
  readonly server: string | undefined;
  readonly path: string;
}

/** Milliseconds that every request waits before it is looked at: fixed, or decided per request. */
export type Latency = number | ((arrival: Arrival) => number);

/** What stands in front of one origin. */
export interface GateOptions {
  readonly faults: FaultController;
  readonly latencyMs: Latency;
  /** The server that this origin belongs to; none for the IdP. */
  readonly server?: string;
  /** Which place a path is, for faults and latency. */
  readonly place: (path: string) => FaultPlace | undefined;
  /** Hears of every request to the IdP's token endpoint. */
  readonly tokenRequests?: TokenRequestLog;
}

/** Puts latency and faults in front of a handler. */
export function gated(options: GateOptions, handler: Handler): Handler {
  return async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://127.0.0.1').pathname;
    const at = options.place(path);
    const { server } = options;
    const ended = at === 'idp-token' ? options.tokenRequests?.arrived() : undefined;
    const wait = typeof options.latencyMs === 'number' ? options.latencyMs : options.latencyMs({ at, server, path });
    // The connection keeps the process alive for as long as somebody waits; the timer must not.
    if (wait > 0) await delay(wait, undefined, { ref: false });
    if (!at) return handler(request, response);
    const isPeeking = ended !== undefined || options.faults.needGrantType(at);
    const grantType = isPeeking ? await peekGrantType(request) : undefined;
    const fault = options.faults.strike({ at, server, grantType });
    if (fault) {
      ended?.(grantType, 'faulted');
      return strike(fault, request, response, handler);
    }
    await handler(request, response);
    ended?.(grantType, response.statusCode === 200 ? 'ok' : 'refused');
  };
}

async function strike(fault: Fault, request: IncomingMessage, response: ServerResponse, handler: Handler) {
  if (fault.stage === 'after') await processUnseen(request, handler);
  await answerWithFault(fault, request, response);
}

/** Lets the handler do its work against a response that reaches nobody. */
async function processUnseen(request: IncomingMessage, handler: Handler): Promise<void> {
  const unseen = new ServerResponse(request);
  const ended = new Promise<void>((resolve) => {
    unseen.end = () => {
      resolve();
      return unseen;
    };
  });
  await handler(request, unseen);
  await ended;
}
