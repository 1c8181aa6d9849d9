import { judgeFirstAnswer } from '../first-answer.ts';
import { paramHeaders } from '../mcp/param-headers.ts';
import { HEADER_MISMATCH, memberOf, type RpcMessage } from '../mcp/rpc.ts';
import { messageHeaders, type OutgoingMessage } from '../message.ts';
import { errorIn, type LineContext, settleUnanswered, writeRefusal } from './line-context.ts';
import type { Posting } from './wire.ts';

/** A stdio client of the modern era, whose requests go to its server as they are. */
export interface ModernLine {
  handle(message: OutgoingMessage, line: string): void;
  /** Ends a request that is under way here; `false` where there is none. */
  cancel(id: string | number): boolean;
}

const OPENS = 'server/discover';

/** Adds the headers that HTTP has, from the message and from what is known of the tool. */
export function createModernLine(context: LineContext): ModernLine {
  const { server, outlet, wire, fallsBack } = context;
  const { traits } = server.access;
  const inFlight = new Map<string | number, Posting>();

  const headersOf = (message: OutgoingMessage, line: string): string[] => {
    const headers = messageHeaders(message, {});
    if (message.method !== 'tools/call' || message.name === undefined) return headers;
    const args = memberOf(memberOf(JSON.parse(line), 'params'), 'arguments');
    return [...headers, ...paramHeaders(server.tools.of(message.name), args)];
  };

  const translate = (line: string) => context.translate(JSON.parse(line) as RpcMessage);

  const ask = async (message: OutgoingMessage, line: string, isAgain: boolean): Promise<void> => {
    const mayFallBack = message.method === OPENS && fallsBack(memberOf(JSON.parse(line), 'params'));
    const known = traits.speaks('modern');
    if (known === false && !mayFallBack) return translate(line);
    // What may show that the server does not understand is looked at before the client hears of it.
    const held: string[] = [];
    const isHeld = (status: number) => status >= 400 || (!known && message.method === OPENS);
    const post = wire.post(message, line, {
      headers: headersOf(message, line),
      onMessage: (text, status) => {
        if (isHeld(status)) held.push(text);
        else outlet.write(text);
      },
    });
    const { id } = message;
    if (id !== undefined) inFlight.set(id, post);
    const answer = await post.answered;
    if (id !== undefined && inFlight.get(id) === post) inFlight.delete(id);
    const { status, fault } = answer;
    const text = held.at(-1) ?? '';
    const error = errorIn(text)?.error;
    if (!fault) {
      const opens = message.method === OPENS ? OPENS : undefined;
      const shown = judgeFirstAnswer({ era: 'modern', opens, status, text });
      if (shown === 'declare-ema' && !traits.wantsEma) {
        traits.learnEma();
        return ask(message, line, isAgain);
      }
      if (shown === 'speaks') traits.learnEra('modern', true);
      if (status === 200 && message.method === OPENS) server.used();
      if (shown === 'wrong-era' && !known) {
        traits.learnEra('modern', false);
        if (!mayFallBack) return translate(line);
      }
      // The headers are of our making, from a list that may be an old one.
      if (error?.code === HEADER_MISMATCH && !isAgain && (await refreshed())) return ask(message, line, true);
    }
    if (writeRefusal(outlet, message, held) || answer.answered) return;
    // A stream of notifications that was never begun is standby's to keep open.
    if (fault && answer.messages === 0 && message.method === 'subscriptions/listen') return translate(line);
    settleUnanswered(context, message, line, answer);
  };

  const refreshed = () =>
    server.tools.refresh().then(
      () => true,
      () => false,
    );

  return {
    // In this era closing the response stream is the cancellation (MCP 2026-07-28, patterns/cancellation).
    cancel: (id) => {
      const cancelled = inFlight.get(id);
      inFlight.delete(id);
      cancelled?.abort();
      return cancelled !== undefined;
    },
    handle: (message, line) => {
      if (message.kind === 'request') void ask(message, line, false);
      else if (message.kind === 'notification')
        void wire.post(message, line, { headers: messageHeaders(message, {}), onMessage: outlet.write });
    },
  };
}
