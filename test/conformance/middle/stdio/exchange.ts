import type { ServerResponse } from 'node:http';
import type { Message } from './message.ts';

/** One HTTP request that waits for its answer. */
export interface Exchange {
  /** What comes before the answer: the response becomes an event stream. */
  write(document: object): void;
  /** The answer. */
  end(message: Message, document: object): void;
}

/** Errors that always have this status on HTTP (MCP 2026-07-28, basic/transports); all others come with 200. */
const STATUS_OF_ERROR: Readonly<Record<number, number>> = {
  [-32601]: 404,
  [-32020]: 400,
  [-32021]: 400,
  [-32022]: 400,
};

const EVENT_STREAM = { 'content-type': 'text/event-stream', 'cache-control': 'no-store' };

const event = (document: object) => `event: message\ndata: ${JSON.stringify(document)}\n\n`;

/** Begins an event stream that is not the answer to a request. */
export function beginStream(response: ServerResponse): void {
  response.writeHead(200, EVENT_STREAM);
  response.flushHeaders();
}

/** Writes one message to an event stream. */
export function writeEvent(response: ServerResponse, document: object): void {
  response.write(event(document));
}

/** Answers as servers of either era mostly do: with an event stream in the legacy one, with JSON if that is all in the other. */
export function createExchange(response: ServerResponse, isModern: boolean): Exchange {
  const begin = () => {
    if (!response.headersSent) beginStream(response);
  };
  return {
    write: (document) => {
      begin();
      writeEvent(response, document);
    },
    end: ({ error }, document) => {
      if (!isModern) begin();
      if (response.headersSent) {
        response.end(event(document));
        return;
      }
      const status = (error && STATUS_OF_ERROR[error.code]) ?? 200;
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(document));
    },
  };
}
