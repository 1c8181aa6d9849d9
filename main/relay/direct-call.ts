import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { LanyardError } from '../../shared/errors.ts';
import { type CallRecord, describeMessage } from '../journal/calls.ts';
import { declareEma } from './declare-ema.ts';
import { deservesLook, judgeFirstAnswer } from './first-answer.ts';
import { headerOf, requestHeaders, responseHeaders, withContentLength } from './headers.ts';
import { lookFirst } from './look-first.ts';
import type { Era } from './mcp/revisions.ts';
import type { Opening } from './opening.ts';
import { purposeOf } from './purpose.ts';
import type { RelayedServer } from './relayed-server.ts';
import { askForPlain, filterAnswer } from './rules/filtered-answer.ts';
import { type AnswerListener, callServer, type ServerCall } from './server-call.ts';

/** RFC 9112 section 4: tab, space, visible ASCII and bytes above it. */
const REASON_PHRASE = /^[\t\x20-\x7e\x80-\xff]*$/;

// A reason phrase with bytes that no server may send would have Node refuse the whole answer.
function reasonOf(status: number, given: string): string {
  return given === STATUS_CODES[status] || REASON_PHRASE.test(given) ? given : '';
}

/** An answer up to this size that came with its head is written together with it, in bytes. */
const SHORT_BYTES = 16 * 1024;

/** One request that goes to its server as the bytes it came in. */
export interface DirectCall {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly client: string;
  readonly server: RelayedServer;
  /** As `readBody` gives it. */
  readonly body: Buffer | IncomingMessage | null;
  /** The body read, where it opens a conversation. */
  readonly opening: Opening | undefined;
  /** The client's era, where it is not yet known whether the server speaks it. */
  readonly look: Era | undefined;
}

/** What becomes of a call otherwise. */
export interface DirectContext {
  readonly record: (call: CallRecord) => void;
  /** An answer opened this MCP session. */
  readonly openedSession: (id: string) => void;
  /** The server turned out not to speak the client's era. Nothing was answered yet. */
  readonly translate: () => void;
  /** There is no answer of the server. Nothing was answered yet. */
  readonly answerInPlace: (error: LanyardError) => void;
}

/**
 * Relays one request, streamed both ways, byte for byte. Every way it can end answers the client or follows its
 * disconnect. The one change ever made to a body is the EMA declaration, for a server that has asked for it.
 */
export function relayDirectly(
  { request, response, client, server, body, opening, look }: DirectCall,
  { record, openedSession, translate, answerInPlace }: DirectContext,
): void {
  const { access } = server;
  const { traits } = access;
  const startedAt = performance.now();
  const held = Buffer.isBuffer(body) ? body : null;
  const method = request.method ?? 'POST';
  const named = request.headers['mcp-session-id'];
  const plain = requestHeaders(request.rawHeaders);
  const headers = server.rules ? askForPlain(plain) : plain;
  // Clients open their listening stream again by themselves, all night long.
  const purpose = purposeOf(method, held);
  let call: ServerCall | undefined;
  let status = 0;
  let responseBytes = 0;
  let fault: LanyardError | undefined;
  let over = false;
  const finished = () => {
    if (over) return;
    over = true;
    record({
      client,
      server: access.server.name,
      transport: 'http',
      verb: method,
      ...describeMessage(held),
      status,
      durationMs: performance.now() - startedAt,
      requestBytes: held?.length ?? Number(request.headers['content-length'] ?? 0),
      responseBytes,
      fault,
    });
  };

  let short: Buffer | undefined;
  let isFlushed = false;
  const write = (chunk: Buffer) => {
    short = undefined;
    if (response.write(chunk)) return;
    call?.pause();
    response.once('drain', () => call?.resume());
  };
  const unfiltered: AnswerListener = {
    onHead: (code, statusText, answered) => {
      status = code;
      if (opening && code === 200) server.used();
      // What opens a conversation was looked at; that any other request was taken says the same.
      if (look === 'modern' && !opening && code === 200) traits.learnEra('modern', true);
      // Whatever asked for it: a body may say "initialize" in a way that we did not see.
      const mcpSessionId = headerOf(answered, 'mcp-session-id');
      if (mcpSessionId !== undefined && mcpSessionId !== named) openedSession(mcpSessionId);
      // What the server sent is what the client gets: no header of ours besides those of the connection.
      response.sendDate = false;
      response.writeHead(code, reasonOf(code, statusText), responseHeaders(answered));
      // A short answer goes out in one packet with its headers; a stream's headers must not wait for its first event.
      process.nextTick(() => {
        isFlushed = true;
        if (short) write(short);
        else if (responseBytes === 0 && !response.writableEnded) response.flushHeaders();
      });
    },
    onData: (chunk) => {
      responseBytes += chunk.length;
      if (responseBytes === chunk.length && !isFlushed && chunk.length <= SHORT_BYTES) {
        short = chunk;
        return;
      }
      if (short) write(short);
      write(chunk);
    },
    onEnd: () => {
      // As text of single bytes, Node puts it behind the headers and writes both at once.
      if (short) response.end(short.toString('latin1'), 'latin1');
      else response.end();
      short = undefined;
      finished();
    },
    onFault: (error) => {
      fault = error;
      status ||= 503;
      if (response.headersSent || response.destroyed) response.destroy();
      else answerInPlace(error);
      finished();
    },
  };

  const listener = server.rules ? filterAnswer(unfiltered, server.rules, () => call?.abort()) : unfiltered;

  const attempt = (isDeclared: boolean): void => {
    const sent = isDeclared && held ? Buffer.from(declareEma(held.toString('utf8'))) : body;
    const isSpliced = Buffer.isBuffer(sent) && held !== null && sent.length !== held.length;
    const mayLook = held !== null && method === 'POST' && (look !== undefined || !isDeclared);
    call = callServer(
      access,
      { method, purpose, headers: isSpliced ? withContentLength(headers, sent.length) : headers, body: sent },
      mayLook
        ? lookFirst(listener, {
            wants: (code) => (look === undefined ? code === 400 : deservesLook(code, opening?.method)),
            judge: (code, text) => judge(code, text, isDeclared),
          })
        : listener,
    );
  };

  const judge = (code: number, text: string, wasDeclared: boolean): 'pass' | 'taken' => {
    const shown = judgeFirstAnswer({ era: look ?? 'modern', opens: opening?.method, status: code, text });
    if (shown === 'declare-ema' && !wasDeclared) {
      traits.learnEma();
      attempt(true);
      return 'taken';
    }
    if (look === undefined) return 'pass';
    if (shown === 'speaks') traits.learnEra(look, true);
    if (shown !== 'wrong-era') return 'pass';
    traits.learnEra(look, false);
    over = true;
    translate();
    return 'taken';
  };

  attempt(traits.wantsEma);
  response.on('close', () => {
    if (response.writableFinished) return;
    call?.abort();
    finished();
  });
}
