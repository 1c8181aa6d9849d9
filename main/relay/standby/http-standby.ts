import type { ServerResponse } from 'node:http';
import { type Schedule, systemSchedule } from '../../../shared/schedule.ts';
import type { RpcMessage } from '../mcp/rpc.ts';
import { openEventStream } from './event-stream.ts';
import { type InPlaceRequest, replyInPlace } from './http-reply.ts';
import type { StandbyFacts } from './standby-facts.ts';

export type { InPlaceRequest };

/** What {@link answerInPlace} works with. */
export interface InPlaceContext {
  readonly facts: StandbyFacts;
  /** Calls back when the server may be reached again. Gives what ends that. */
  readonly onReturn: (listener: () => void) => () => void;
  /** For the beats of streams that say nothing; the machine's timers unless a test says otherwise. */
  readonly schedule?: Schedule;
}

function streamUntilReturn(
  response: ServerResponse,
  last: readonly RpcMessage[],
  { onReturn, schedule = systemSchedule }: InPlaceContext,
): void {
  let isOver = false;
  let forget = () => {};
  const over = () => {
    isOver = true;
    forget();
  };
  const stream = openEventStream(response, schedule, over);
  forget = onReturn(() => {
    if (isOver) return;
    over();
    for (const message of last) stream.send(message);
    stream.end();
  });
}

/**
 * Answers one HTTP request of a client in the server's place, in the era it speaks, and keeps nothing of it. Never 401
 * and never 403: a client would start an OAuth flow of its own, or give the server up. An MCP session of the server's
 * own stays as it is. An answer that has begun is cut off.
 */
export function answerInPlace(request: InPlaceRequest, response: ServerResponse, context: InPlaceContext): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const reply = replyInPlace(request, context.facts);
  if (reply.kind === 'stream') streamUntilReturn(response, reply.last, context);
  else response.writeHead(reply.answer.status, reply.answer.headers).end(reply.answer.body);
}
