import { judgeFirstAnswer } from '../first-answer.ts';
import { paramHeaders } from '../mcp/param-headers.ts';
import { HEADER_MISMATCH, METHOD_NOT_FOUND, memberOf, type RequestId } from '../mcp/rpc.ts';
import { messageHeaders, type OutgoingMessage } from '../message.ts';
import { errorIn, lineInPlace } from './answer-in-place.ts';
import { createInFlight, type UnderWay } from './in-flight.ts';
import { type LineContext, tooMany } from './line-context.ts';
import type { Answered } from './posting.ts';

/** A notification that a server has not dealt with by then is given up, in ms. */
const TELL_LIMIT_MS = 60_000;

const OPENS = 'server/discover';
const LISTENS = 'subscriptions/listen';

/** A stdio client of the modern era, whose requests go to its server as they are. */
export interface ModernLine {
  /** Whether the client has spoken in this era. */
  readonly isUsed: boolean;
  handle(message: OutgoingMessage, line: string): void;
  /** Ends a request that is under way here; `false` where there is none. */
  cancel(id: RequestId): boolean;
}

/** What modern lines work with. */
export interface ModernLineContext extends LineContext {
  /** As `translate`, for a `subscriptions/listen` of which the client knows that it has begun. */
  readonly translateBegun: (line: string, id: RequestId | undefined) => void;
}

/** Adds the headers that HTTP has, from the message and from what is known of the tool. */
export function createModernLine(context: ModernLineContext): ModernLine {
  const { server, outlet, wire, schedule, fallsBack, translate, translateBegun, run } = context;
  const { traits } = server.access;
  const inFlight = createInFlight();
  let isUsed = false;

  const headersOf = (message: OutgoingMessage, line: string): string[] => {
    const headers = messageHeaders(message, {});
    if (message.method !== 'tools/call' || message.name === undefined) return headers;
    const args = memberOf(memberOf(JSON.parse(line), 'params'), 'arguments');
    return [...headers, ...paramHeaders(server.tools.of(message.name), args)];
  };

  const refreshed = () =>
    server.tools.refresh().then(
      () => true,
      () => false,
    );

  const ask = async (message: OutgoingMessage, line: string, request: UnderWay, isAgain: boolean): Promise<void> => {
    const mayFallBack = message.method === OPENS && fallsBack(memberOf(JSON.parse(line), 'params'));
    const known = traits.speaks('modern');
    if (known === false && !mayFallBack) return translate(line);
    // What may show that the server does not understand is looked at before the client hears of it.
    const isHeld = (status: number) => status >= 400 || (!known && message.method === OPENS);
    const posting = wire.post(message, line, {
      headers: headersOf(message, line),
      onMessage: (one, status) => {
        if (!one.answers || !isHeld(status)) outlet.write(one.line);
      },
    });
    request.posting = posting;
    const answered = await posting.answered;
    request.posting = undefined;
    if (request.isCancelled) return;
    const { status, fault, response } = answered;
    const held = isHeld(status) ? response?.line : undefined;
    if (!fault) {
      const error = errorIn(held);
      const opens = message.method === OPENS ? OPENS : undefined;
      const shown = judgeFirstAnswer({ era: 'modern', opens, status, text: held ?? '' });
      if (shown === 'declare-ema' && !posting.declaresEma) {
        traits.learnEma();
        return ask(message, line, request, isAgain);
      }
      if (shown === 'speaks') traits.learnEra('modern', true);
      if (status === 200 && opens) server.used();
      if (shown === 'wrong-era' && !known) {
        traits.learnEra('modern', false);
        if (!mayFallBack) return translate(line);
      }
      // Servers of either era say so of what they do not know. Whoever translates finds out which one it is.
      if (known === undefined && !opens && error?.code === METHOD_NOT_FOUND) return translate(line);
      // The headers are of our making, from a list that may be an old one.
      if (!isAgain && error?.code === HEADER_MISMATCH && (await refreshed())) {
        if (!request.isCancelled) await ask(message, line, request, true);
        return;
      }
    }
    finish(message, line, answered, held);
  };

  const finish = (message: OutgoingMessage, line: string, answered: Answered, held: string | undefined): void => {
    const { status, fault, response, messages, isAborted } = answered;
    // Clients that are refused a stream of notifications, or see it end, may never open one again.
    const isCutOff = fault !== undefined || (status === 200 && !response);
    if (message.method === LISTENS && isCutOff && !isAborted) {
      if (messages > 0) translateBegun(line, message.id);
      else translate(line);
    } else if (held !== undefined) outlet.write(held);
    else if (!response) outlet.write(lineInPlace(context, message, line, answered));
  };

  const tell = (message: OutgoingMessage, line: string): void => {
    // A server of the other era has no use for what only this one knows.
    if (traits.speaks('modern') === false) return;
    const posting = wire.post(message, line, {
      headers: messageHeaders(message, {}),
      onMessage: (one, status) => {
        if (status < 400) outlet.write(one.line);
      },
    });
    const callOff = schedule(TELL_LIMIT_MS, posting.abort);
    run(posting.answered.then(callOff));
  };

  return {
    get isUsed() {
      return isUsed;
    },
    // In this era closing the response stream is the cancellation (MCP 2026-07-28, patterns/cancellation).
    cancel: (id) => {
      const request = inFlight.get(id);
      if (!request) return false;
      request.isCancelled = true;
      request.posting?.abort();
      return true;
    },
    handle: (message, line) => {
      isUsed = true;
      if (message.kind !== 'request' || message.id === undefined) return tell(message, line);
      const request = inFlight.begin(message.id);
      if (!request) return outlet.write(tooMany(message));
      run(ask(message, line, request, false).finally(() => inFlight.end(request)));
    },
  };
}
