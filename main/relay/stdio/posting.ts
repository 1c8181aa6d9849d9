import type { LanyardError } from '../../../shared/errors.ts';
import type { Schedule } from '../../../shared/schedule.ts';
import type { Purpose } from '../../grant/keeper.ts';
import type { OutgoingMessage } from '../message.ts';
import type { StdioAnswer } from './answer.ts';
import type { AnswerMessage } from './answer-message.ts';
import type { Calls } from './calls.ts';
import { NO_PROGRESS, nextProgress, pauseOf } from './resumption.ts';

/** Servers close a stream with its response. One that they leave open is closed after this time, in ms. */
const LINGER_MS = 5_000;

/** Headers of a listening stream, and of one that is taken up again. */
export const LISTEN_HEADERS: readonly string[] = ['accept', 'text/event-stream'];

/** What came of a line. */
export interface Answered {
  /** Of the answer to the line itself; 0 where there was none. */
  readonly status: number;
  readonly mcpSessionId: string | undefined;
  /** The response to the request, where it came. */
  readonly response: AnswerMessage | undefined;
  /** What kept it from coming. */
  readonly fault: LanyardError | undefined;
  /** Messages that came. */
  readonly messages: number;
  /** Ended by us: nobody waits for it any more. */
  readonly isAborted: boolean;
}

/** A line on its way to the server. */
export interface Posting {
  /** Whether the EMA extension was declared in it, where it declares any. */
  readonly declaresEma: boolean;
  /** The server has answered its head, or never will. */
  readonly taken: Promise<void>;
  /** Resolves with the response, or when it is certain that there will be none. */
  readonly answered: Promise<Answered>;
  /** From here on its stream is not taken up again. */
  stopResuming(): void;
  abort(): void;
}

/** What a line is posted with. */
export interface PostOptions {
  readonly headers: readonly string[];
  /** Hears of each message of the answer, the response among them, and the HTTP status it came with. */
  readonly onMessage: (message: AnswerMessage, status: number) => void;
  /** Headers to take the answer's stream up with again, where that can be (MCP 2025-11-25, "Resumability"). */
  readonly resumeHeaders?: readonly string[] | undefined;
  /** What it needs its token for; by what it is unless told. */
  readonly purpose?: Purpose | undefined;
}

/** What a posting works with. */
export interface PostingContext {
  readonly calls: Calls;
  readonly schedule: Schedule;
  readonly body: Buffer;
  readonly declaresEma: boolean;
  readonly purpose: Purpose;
  /** Called once, when everything is over: status, bytes of the messages that came, and what kept the response away. */
  readonly onEnd: (status: number, responseBytes: number, fault: LanyardError | undefined) => void;
}

/** Posts a line, and takes its answer's stream up again as long as the response may still come. */
export function createPosting(
  message: OutgoingMessage,
  { headers, onMessage, resumeHeaders }: PostOptions,
  { calls, schedule, body, declaresEma, purpose, onEnd }: PostingContext,
): Posting {
  const taken = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<Answered>();
  let status = 0;
  let firstStatus = 0;
  let mcpSessionId: string | undefined;
  let messages = 0;
  let responseBytes = 0;
  let response: AnswerMessage | undefined;
  let isAborted = false;
  let mayResume = message.kind === 'request' && resumeHeaders !== undefined;
  let abortCall = () => {};
  let endPause = () => {};
  let stopLingering = () => {};

  const settle = (fault?: LanyardError) => {
    taken.resolve();
    answered.resolve({ status: firstStatus, mcpSessionId, response, fault, messages, isAborted });
  };
  const abort = () => {
    if (!response) isAborted = true;
    mayResume = false;
    abortCall();
    endPause();
  };
  const call = (method: 'POST' | 'GET', callHeaders: readonly string[]): Promise<StdioAnswer> =>
    new Promise((resolve) => {
      const request =
        method === 'POST'
          ? { method, purpose, headers: callHeaders, body }
          : { method, purpose: 'upkeep' as const, headers: callHeaders, body: null };
      const open = calls.open(request, {
        id: message.kind === 'request' ? message.id : undefined,
        onHead: (code, opened) => {
          status = code;
          firstStatus ||= code;
          mcpSessionId ??= opened;
          taken.resolve();
        },
        onMessage: (one) => {
          messages += 1;
          responseBytes += Buffer.byteLength(one.line);
          const isResponse = one.answers && !response;
          if (isResponse) response = one;
          onMessage(one, status);
          if (!isResponse) return;
          settle();
          stopLingering = schedule(LINGER_MS, abort);
        },
        onDone: resolve,
      });
      abortCall = open.abort;
    });
  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const callOff = schedule(ms, resolve);
      endPause = () => {
        callOff();
        resolve();
      };
    });

  const run = async (): Promise<void> => {
    let answer = await call('POST', headers);
    const { fault } = answer;
    for (let progress = nextProgress(NO_PROGRESS, answer, true); progress?.lastEventId !== undefined; ) {
      if (response || !mayResume) break;
      await pause(pauseOf(progress.retryMs));
      if (!mayResume) break;
      answer = await call('GET', [...LISTEN_HEADERS, ...(resumeHeaders ?? []), 'last-event-id', progress.lastEventId]);
      progress = nextProgress(progress, answer, false);
    }
    stopLingering();
    settle(answer.fault ?? fault);
    onEnd(firstStatus, responseBytes, response ? undefined : (answer.fault ?? fault));
  };
  void run();
  return {
    declaresEma,
    taken: taken.promise,
    answered: answered.promise,
    stopResuming: () => {
      mayResume = false;
      endPause();
    },
    abort,
  };
}
