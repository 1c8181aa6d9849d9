import type { Dispatcher } from 'undici';
import { networkFault } from './faults.ts';

/** A request to a server, as it goes onto the wire. */
export interface ForwardRequest {
  /** Scheme, host and port. */
  readonly origin: string;
  /** Path with query. */
  readonly path: string;
  readonly method: string;
  /** Names and values in turn, in their order and case. */
  readonly headers: readonly string[];
  readonly body: Buffer | NodeJS.ReadableStream | null;
}

/** Lets the receiver of a stream slow it down or end it. */
export interface Flow {
  pause(): void;
  resume(): void;
  abort(): void;
}

/** Hears of one answer: `onHead`, any number of `onData`, then `onEnd`; or `onFault` at any time; nothing after. */
export interface ForwardListener {
  /** The request has a connection: from here on `flow` can end it. */
  onStart(flow: Flow): void;
  onHead(status: number, statusText: string, headers: readonly (string | Buffer)[]): void;
  onData(chunk: Buffer): void;
  onEnd(): void;
  onFault(error: Error): void;
}

/** Sends a request and streams its answer, with no limit on its size or duration. */
export type Forward = (request: ForwardRequest, listener: ForwardListener) => void;

class Aborted extends Error {
  override readonly name = 'AbortError';
}

/**
 * Forwards over undici's lowest interface, which hands on chunks as they arrive without a stream in between. No
 * idle cut-off: an answer may take as long as a tool needs, and an event stream may be silent for hours.
 */
export function createForward(dispatcher: Dispatcher): Forward {
  return ({ origin, path, method, headers, body }, listener) => {
    dispatcher.dispatch(
      {
        origin,
        path,
        method,
        headers: headers as string[],
        body: body as Buffer | null,
        headersTimeout: 0,
        bodyTimeout: 0,
      },
      {
        onRequestStart: (controller) =>
          listener.onStart({
            pause: () => controller.pause(),
            resume: () => controller.resume(),
            abort: () => controller.abort(new Aborted('The client went away')),
          }),
        onResponseStart: (controller, status, _headers, statusText = '') => {
          // Informational answers (RFC 9110 section 15.2) come before the one that counts.
          if (status < 200) return;
          listener.onHead(status, statusText, (controller.rawHeaders ?? []) as (string | Buffer)[]);
        },
        onResponseData: (_controller, chunk) => listener.onData(chunk),
        onResponseEnd: () => listener.onEnd(),
        onResponseError: (_controller, error) =>
          listener.onFault(error instanceof Aborted ? error : networkFault(new URL(origin).host, error)),
      },
    );
  };
}
