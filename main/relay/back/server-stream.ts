import type { Purpose } from '../../grant/keeper.ts';
import type { RpcMessage } from '../mcp/rpc.ts';
import { callServer, type ServerAccess } from '../server-call.ts';
import type { Meter } from './meter.ts';
import { type AnswerEnd, readMessages } from './read-messages.ts';

/** One HTTP request for a server. */
export interface StreamRequest {
  readonly method: 'POST' | 'GET' | 'DELETE';
  readonly purpose: Purpose;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  /** The message to be sent. */
  readonly message?: object | undefined;
  readonly meter?: Meter | undefined;
  onHead?(status: number, mcpSessionId: string | undefined): void;
  onMessage?(message: RpcMessage): void;
}

/** The end of an answer; `isAborted` where we ended it ourselves. */
export type StreamEnd = AnswerEnd & { readonly isAborted: boolean };

/** An answer on its way. */
export interface ServerStream {
  /** Resolves when it is over, however that came. */
  readonly ended: Promise<StreamEnd>;
  /** Leaves what comes with the server, until `resume`. */
  pause(): void;
  resume(): void;
  /** Closes it; no message comes any more. */
  abort(): void;
}

const ABORTED: StreamEnd = {
  status: 0,
  mcpSessionId: undefined,
  fault: undefined,
  messages: 0,
  lastEventId: undefined,
  retryMs: undefined,
  isAborted: true,
};

/** Sends a message, or opens a listening stream, and reads the messages that come back. */
export function openStream(access: ServerAccess, request: StreamRequest): ServerStream {
  const { method, purpose, headers, message, meter, onHead, onMessage } = request;
  const body = message === undefined ? null : Buffer.from(JSON.stringify(message));
  meter?.sent(body?.length ?? 0);
  const { promise, resolve } = Promise.withResolvers<StreamEnd>();
  let isAborted = false;
  const call = callServer(
    access,
    { method, purpose, headers, body },
    readMessages({
      onHead: (status, mcpSessionId) => {
        meter?.status(status);
        onHead?.(status, mcpSessionId);
      },
      onBytes: (bytes) => meter?.received(bytes),
      // One chunk may hold several messages, and the first of them may have been the reason to close.
      onMessage: (received) => {
        if (!isAborted) onMessage?.(received);
      },
      onTooLarge: () => call.abort(),
      onEnd: (end) => resolve({ ...end, isAborted: false }),
    }),
  );
  return {
    ended: promise,
    pause: () => call.pause(),
    resume: () => call.resume(),
    abort: () => {
      isAborted = true;
      call.abort();
      resolve(ABORTED);
    },
  };
}
