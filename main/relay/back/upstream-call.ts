import {
  isNotification,
  isRequest,
  METHOD_NOT_FOUND,
  memberOf,
  type Outcome,
  type RequestId,
  type RpcMessage,
  type RpcNotification,
  type RpcRequest,
  refused,
} from '../mcp/rpc.ts';
import { pause } from '../pause.ts';
import { LINGER_MS } from './ask-server.ts';
import type { BackContext } from './context.ts';
import { createKeptNotifications } from './kept-notifications.ts';
import type { Meter } from './meter.ts';
import { CANCELLED, noAnswer, outcomeFor } from './outcomes.ts';
import { openStream, type ServerStream, type StreamEnd } from './server-stream.ts';
import { wantedPause } from './wanted-pause.ts';

/** Questions that a server may have open within one call. */
const OPEN_QUESTIONS = 32;

/** What they may hold together, in characters of JSON: a person reads them, or a model whose context they have to fit. */
const QUESTION_LIMIT = 1024 * 1024;

/** How long questions are gathered, in ms: a server that asks several at once should cost its client one round. */
const GATHER_MS = 20;

/** Pause before a stream that broke off is asked for again, in ms, where the server named none; doubles with each try. */
const RESUME_PAUSE_MS = 500;

/** So often in a row a stream is asked for again without a message in between. */
const RESUME_LIMIT = 5;

/** How far a call has come. `expired`: the MCP session is gone, and nothing was done. */
export type CallStep =
  | { readonly kind: 'outcome'; readonly outcome: Outcome }
  | { readonly kind: 'input'; readonly questions: readonly RpcRequest[] }
  | { readonly kind: 'expired' };

/** A request to a server of the legacy era, which may outlive the client's request that began it. */
export interface UpstreamCall extends Recipient {
  /**
   * Waits for the next step; `deliver` gets the notifications until then, and first those that nobody heard.
   *
   * @throws {LanyardError} where the answer broke off for good.
   */
  next(deliver: (notification: RpcNotification) => void, meter?: Meter): Promise<CallStep>;
  /** Tells the server that nobody waits any more, unless the call is over. */
  cancel(): void;
  /** Ends it without a word. */
  drop(): void;
}

/** Somebody to whom a message may belong that came beside every request's own stream. */
export interface Recipient {
  /** Id of the request, and its progress token. */
  readonly id: RequestId;
  /** Whether a client waits for the next step at the moment. */
  readonly isHeard: boolean;
  /** Whether its client may be asked this. */
  mayAsk(question: RpcRequest): boolean;
  /** Treats a message as one of its own. */
  meet(message: RpcMessage): void;
}

/** What a call needs of its MCP session. */
export interface CallSession {
  /** Headers of a message, or without one of a listening stream. */
  headers(message?: RpcRequest): string[];
  readonly hasId: boolean;
  /** Aborted when the MCP session is closed; the call goes with it. */
  readonly closed: AbortSignal;
  /** Sends a message to which there is no response. */
  post(message: RpcMessage): Promise<unknown>;
  /** Answers a request of the server by ourselves. */
  reply(id: RequestId, outcome: Outcome): void;
  /** Whether the server may ask the client this within the call. */
  mayAsk(question: RpcRequest): boolean;
  /** Called once, when the server has nothing more to say. */
  onOver(): void;
}

/** Sends a request and follows its answer, across streams where the server keeps events for that. */
export function startCall(
  { access, schedule }: BackContext,
  session: CallSession,
  request: RpcRequest,
  firstMeter: Meter | undefined,
): UpstreamCall {
  const kept = createKeptNotifications();
  let questions: RpcRequest[] = [];
  let isGathered = false;
  let last: CallStep | undefined;
  let fault: Error | undefined;
  let waiting: PromiseWithResolvers<CallStep> | undefined;
  let deliver: ((notification: RpcNotification) => void) | undefined;
  let stream: ServerStream | undefined;
  let meter = firstMeter;
  const over = new AbortController();

  const advance = () => {
    if (!waiting) return;
    const { resolve, reject } = waiting;
    if (last) resolve(last);
    else if (fault) reject(fault);
    else if (questions.length > 0 && isGathered) {
      resolve({ kind: 'input', questions });
      questions = [];
      isGathered = false;
      // What the server says until somebody hears it stays where it is.
      stream?.pause();
    } else return;
    waiting = undefined;
    deliver = undefined;
  };

  const finish = (step: CallStep) => {
    last ??= step;
    advance();
  };

  const refuse = (id: RequestId, reason: string) => {
    session.reply(id, refused(METHOD_NOT_FOUND, reason));
  };

  const meetRequest = (question: RpcRequest) => {
    const { id, method } = question;
    if (method === 'ping') session.reply(id, { result: {} });
    else if (!session.mayAsk(question)) refuse(id, `This client does not answer ${method} within this request.`);
    else if (questions.length >= OPEN_QUESTIONS) refuse(id, 'Too many questions are open.');
    else if (JSON.stringify([...questions, question]).length > QUESTION_LIMIT) refuse(id, 'This question is too long.');
    else {
      questions.push(question);
      if (questions.length > 1) return;
      schedule(GATHER_MS, () => {
        isGathered = true;
        advance();
      });
    }
  };

  const meetNotification = (notification: RpcNotification) => {
    if (notification.method === 'notifications/cancelled') {
      const cancelled = memberOf(notification.params, 'requestId');
      questions = questions.filter(({ id }) => id !== cancelled);
    } else if (deliver) deliver(notification);
    else kept.add(notification);
  };

  const onMessage = (message: RpcMessage) => {
    if (last) return;
    const outcome = outcomeFor(request.id, message);
    if (outcome) {
      finish({ kind: 'outcome', outcome });
      schedule(LINGER_MS, () => stream?.abort());
    } else if (isRequest(message)) meetRequest(message);
    else if (isNotification(message)) meetNotification(message);
  };

  const read = async (lastEventId?: string): Promise<StreamEnd> => {
    const isResumed = lastEventId !== undefined;
    let status = 0;
    stream = openStream(access, {
      method: isResumed ? 'GET' : 'POST',
      purpose: 'call',
      headers: isResumed ? [...session.headers(), 'last-event-id', lastEventId] : session.headers(request),
      message: isResumed ? undefined : request,
      meter,
      onHead: (code) => {
        status = code;
      },
      // 404 says that the MCP session is gone, whatever stands beside it (MCP 2025-11-25, transports).
      onMessage: (message) => {
        if (status !== 404 || !session.hasId) onMessage(message);
      },
    });
    return stream.ended;
  };

  const run = async (): Promise<void> => {
    let end = await read();
    if (end.status === 404 && session.hasId) return finish({ kind: 'expired' });
    const firstStatus = end.status;
    let { lastEventId, retryMs } = end;
    for (let failed = 0; !last && !over.signal.aborted; ) {
      const mayResume = lastEventId !== undefined && failed < RESUME_LIMIT && end.status < 400;
      if (!mayResume) {
        if (end.fault) throw end.fault;
        return finish({ kind: 'outcome', outcome: noAnswer(access.server, end.status || firstStatus) });
      }
      await pause(schedule, wantedPause(retryMs ?? RESUME_PAUSE_MS * 2 ** failed), over.signal);
      if (over.signal.aborted) return;
      end = await read(lastEventId);
      failed = end.messages > 0 || end.lastEventId !== undefined ? 0 : failed + 1;
      lastEventId = end.lastEventId ?? lastEventId;
      retryMs = end.retryMs ?? retryMs;
    }
  };

  const close = () => {
    over.abort();
    stream?.abort();
    finish({ kind: 'outcome', outcome: CANCELLED });
  };

  session.closed.addEventListener('abort', close, { once: true });
  run()
    .catch((error: Error) => {
      fault = error;
      advance();
    })
    .finally(() => {
      session.closed.removeEventListener('abort', close);
      session.onOver();
    });

  return {
    id: request.id,
    get isHeard() {
      return waiting !== undefined;
    },
    mayAsk: session.mayAsk,
    meet: onMessage,
    next: (heard, nextMeter) => {
      meter = nextMeter ?? meter;
      deliver = heard;
      for (const notification of kept.take()) heard(notification);
      stream?.resume();
      waiting = Promise.withResolvers<CallStep>();
      const { promise } = waiting;
      advance();
      return promise;
    },
    cancel: () => {
      if (last || fault) return;
      const params = { requestId: request.id, reason: 'The client gave it up.' };
      session.post({ jsonrpc: '2.0', method: 'notifications/cancelled', params }).catch(() => {});
      close();
    },
    drop: close,
  };
}
