import type { Duplex } from 'node:stream';
import { createLineSplitter } from '../line-splitter.ts';
import type { Outlet } from './outlet.ts';

/** While so many lines wait for their turn, no more are read. */
const MOST_WAITING = 1_000;

/** While a client leaves so much of its answers unread, nothing more is read of it, in bytes. */
const MOST_UNREAD_BYTES = 8 * 1024 * 1024;

/** What the lines of a connection go to. */
export interface LineEnd {
  /** Resolves when the next line may be handled. */
  handle(line: string): Promise<void> | void;
  close(): void;
}

/** A connection that is read line by line. */
export interface LineReading {
  /** Resolves when either side has ended and everything is closed. */
  readonly over: Promise<void>;
  /** Watches what nobody waits for: the connection ends if it fails. */
  readonly run: (work: Promise<unknown>) => void;
  /** Begins. */
  read(end: LineEnd): void;
}

/** Reads a connection, in turn: one line is handled after the other. */
export function serveLines(outlet: Outlet, pipe: Duplex): LineReading {
  const over = Promise.withResolvers<void>();
  let closeEnd = () => {};
  let closed = false;
  const close = () => {
    if (closed) return;
    closed = true;
    outlet.close();
    closeEnd();
    pipe.destroy();
    over.resolve();
  };
  return {
    over: over.promise,
    run: (work) => void work.catch(close),
    read: (end) => {
      closeEnd = () => end.close();
      const splitter = createLineSplitter();
      // Requests run side by side, but none may overtake a notification: "initialized" goes before "tools/list".
      let turn: Promise<unknown> = Promise.resolve();
      let waiting = 0;
      const pace = () => {
        if (waiting > MOST_WAITING || pipe.writableLength > MOST_UNREAD_BYTES) pipe.pause();
        else if (pipe.isPaused()) pipe.resume();
      };
      const next = (line: string) => {
        waiting += 1;
        turn = turn
          .then(() => (closed ? undefined : end.handle(line)))
          .then(() => {
            waiting -= 1;
            pace();
          })
          .catch(close);
      };
      pipe.on('data', (chunk: Buffer) => {
        const lines = splitter.push(chunk);
        if (!lines) return close();
        for (const line of lines) next(line);
        pace();
      });
      pipe.on('drain', pace);
      pipe.on('end', close);
      pipe.on('close', close);
      pipe.on('error', close);
      pipe.resume();
    },
  };
}
