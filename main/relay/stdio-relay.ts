import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CallRecord, describeMessage } from '../journal/calls.ts';
import { errorMessage, type MessageId } from './answers.ts';
import { createLineSplitter } from './line-splitter.ts';
import {
  messageHeaders,
  type Negotiated,
  negotiatedRevision,
  type OutgoingMessage,
  parseMessage,
  sessionHeaders,
} from './message.ts';
import { purposeOf } from './purpose.ts';
import { callServer, type ServerAccess, type ServerCall } from './server-call.ts';
import { readAnswer, type StdioAnswer } from './stdio-answer.ts';

/** Pause before a listening stream that ended is opened again, in ms. Servers end theirs every few minutes. */
const REOPEN_MS = 1_000;

/** Pause before the next try where the server was not reached or there was no grant, in ms. */
const OFFLINE_PAUSE_MS = 10_000;

/** A listening stream that lived longer was ended for being idle, which is no reason to give it up, in ms. */
const SHORT_LIFE_MS = 1_000;

/** How long a message waits for a notification before it to be taken, in ms: a server that hangs must not hold all. */
const ORDER_LIMIT_MS = 5_000;

/** A listening stream that a server ended at once this often in a row is not one worth keeping. */
const REOPEN_LIMIT = 5;

/** What one stdio connection works with. */
export interface StdioRelayContext {
  readonly access: ServerAccess;
  /** Who connected, for the journal. */
  readonly client: string;
  readonly record: (call: CallRecord) => void;
}

/**
 * Serves one stdio client over `pipe`: every line in is posted to the server, every message of an answer is a line
 * out. Adds what only HTTP needs (headers, MCP session, listening stream) and nothing else. Resolves when either
 * side has ended and everything is closed.
 */
export function serveStdio(pipe: Duplex, { access, client, record }: StdioRelayContext): Promise<void> {
  const inFlight = new Map<MessageId, ServerCall>();
  const calls = new Set<ServerCall>();
  let negotiated: Negotiated = {};
  let closed = false;
  // Requests run side by side, but none may overtake a notification: "initialized" goes before "tools/list".
  let turn: Promise<unknown> = Promise.resolve();

  const write = (line: string) => {
    if (closed || pipe.write(`${line}\n`)) return;
    // A client that reads slowly slows the server down; nothing piles up here.
    for (const call of calls) call.pause();
  };

  const send = (
    message: OutgoingMessage,
    line: string,
    onMessage: (line: string) => void,
  ): { taken: Promise<void>; answered: Promise<StdioAnswer> } => {
    const taken = Promise.withResolvers<void>();
    const answered = Promise.withResolvers<StdioAnswer>();
    const startedAt = performance.now();
    const body = Buffer.from(line);
    let responseBytes = 0;
    const call = callServer(
      access,
      { method: 'POST', purpose: purposeOf('POST', body), headers: messageHeaders(message, negotiated), body },
      readAnswer({
        id: message.id,
        onMessage: (text) => {
          responseBytes += text.length;
          onMessage(text);
        },
        onHead: () => taken.resolve(),
        onTooLarge: () => call.abort(),
        onDone: (answer) => {
          calls.delete(call);
          taken.resolve();
          answered.resolve(answer);
          record({
            client,
            server: access.server.name,
            transport: 'stdio',
            verb: 'POST',
            ...describeMessage(body),
            status: answer.status || 503,
            durationMs: performance.now() - startedAt,
            requestBytes: body.length,
            responseBytes,
          });
        },
      }),
    );
    calls.add(call);
    if (message.id !== undefined) inFlight.set(message.id, call);
    return { taken: taken.promise, answered: answered.promise };
  };

  // A request must not stay without an answer, or the client waits for ever; nor get a second one.
  const settle = (id: MessageId, { status, fault, answered }: StdioAnswer) => {
    inFlight.delete(id);
    if (answered) return;
    if (fault) write(errorMessage(id, fault.user, fault.code));
    else write(errorMessage(id, `${access.server.title} gave no answer (HTTP ${status}).`, `server-http-${status}`));
  };

  const listen = async (): Promise<void> => {
    for (let ended = 0; ended < REOPEN_LIMIT && !closed; ) {
      const openedAt = performance.now();
      const answer = await new Promise<StdioAnswer>((resolve) => {
        const call = callServer(
          access,
          {
            method: 'GET',
            purpose: 'background',
            headers: ['accept', 'text/event-stream', ...sessionHeaders(negotiated)],
            body: null,
          },
          readAnswer({
            onMessage: write,
            onTooLarge: () => call.abort(),
            onDone: (result) => {
              calls.delete(call);
              resolve(result);
            },
          }),
        );
        calls.add(call);
      });
      // 405 says that this server has no such stream (MCP 2025-11-25, transports).
      if (answer.status >= 400 && answer.status < 500) return;
      // What kept us from the server says nothing about the stream: a laptop may be off the network for hours.
      const lasted = performance.now() - openedAt > SHORT_LIFE_MS;
      ended = answer.fault || lasted || answer.messages > 0 ? 0 : ended + 1;
      // A stream that was open and is cut off, as on waking, is missed for no longer than one that ended.
      const wasOpen = answer.status !== 0 && lasted;
      await sleep(answer.fault && !wasOpen ? OFFLINE_PAUSE_MS : REOPEN_MS, undefined, { ref: false });
    }
  };

  const handle = async (line: string): Promise<void> => {
    const message = parseMessage(line);
    if (!message) return write(errorMessage(null, 'This line is not a JSON-RPC message.', 'not-json-rpc'));
    if (message.revision !== undefined && message.cancels !== undefined) {
      // In this era closing the response stream is the cancellation (MCP 2026-07-28, patterns/cancellation).
      const cancelled = inFlight.get(message.cancels);
      inFlight.delete(message.cancels);
      if (!cancelled) return;
      calls.delete(cancelled);
      cancelled.abort();
      return;
    }
    const isInitialize = message.method === 'initialize';
    const { taken, answered } = send(message, line, (text) => {
      if (isInitialize) negotiated = { ...negotiated, revision: negotiatedRevision(text) };
      write(text);
    });
    if (message.kind === 'request') {
      const { id = null } = message;
      const settled = answered.then((answer) => {
        if (isInitialize) negotiated = { ...negotiated, mcpSessionId: answer.mcpSessionId };
        settle(id, answer);
      });
      // What follows `initialize` needs its outcome.
      if (isInitialize) await settled;
      return;
    }
    await Promise.race([taken, sleep(ORDER_LIMIT_MS, undefined, { ref: false })]);
    if (message.method === 'notifications/initialized') void listen();
  };

  const endSession = () => {
    if (negotiated.mcpSessionId === undefined) return;
    const headers = sessionHeaders(negotiated);
    callServer(
      access,
      { method: 'DELETE', purpose: 'background', headers, body: null },
      readAnswer({ onDone: () => {} }),
    );
  };

  return new Promise((resolve) => {
    const close = () => {
      if (closed) return;
      closed = true;
      for (const call of calls) call.abort();
      endSession();
      pipe.destroy();
      resolve();
    };
    const splitter = createLineSplitter();
    pipe.on('data', (chunk: Buffer) => {
      const lines = splitter.push(chunk);
      if (!lines) return close();
      for (const line of lines) turn = turn.then(() => handle(line)).catch(close);
    });
    pipe.on('drain', () => {
      for (const call of calls) call.resume();
    });
    pipe.on('end', close);
    pipe.on('close', close);
    pipe.on('error', close);
    pipe.resume();
  });
}
