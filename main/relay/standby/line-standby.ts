import { revisionOf } from '../mcp/revisions.ts';
import { isRequest, type RpcMessage, type RpcRequest } from '../mcp/rpc.ts';
import { legacyAnswer } from './legacy-answer.ts';
import { acknowledgement, changes, filterOf, legacyChanges, listenEnd } from './listening.ts';
import { modernAnswer } from './modern-answer.ts';
import type { StandbyFacts } from './standby-facts.ts';

export { takesUrlErrors } from './legacy-answer.ts';

/**
 * The line that answers a stdio client's message in the server's place, in the era of the message; none for
 * notifications and responses. A `subscriptions/listen` is acknowledged and stays open: {@link linesOnReturn} ends it.
 *
 * @param elicitationId of the sign-in, where the client's `initialize` was one of `takesUrlErrors`; a new one for each
 *   time that the server is away.
 */
export function answerLine(message: RpcMessage, facts: StandbyFacts, elicitationId?: string): RpcMessage | undefined {
  if (!isRequest(message)) return undefined;
  const { id } = message;
  const revision = revisionOf(message.params);
  if (revision === undefined) return { jsonrpc: '2.0', id, ...legacyAnswer(message, facts, elicitationId) };
  const answer = modernAnswer(message, revision, facts);
  return answer.kind === 'listen' ? acknowledgement(id, answer.filter) : { jsonrpc: '2.0', id, ...answer.outcome };
}

/**
 * What a stdio client gets when the server is back: for each `subscriptions/listen` that {@link answerLine} has
 * acknowledged, what it asked for and its end; without one, as in the legacy era, that all lists may be other ones, and that the sign-in of this id is
 * done.
 */
export function linesOnReturn(listening?: RpcRequest, elicitationId?: string): readonly RpcMessage[] {
  if (!listening) return legacyChanges(elicitationId);
  const { id } = listening;
  return [...changes(id, filterOf(listening) ?? {}), { jsonrpc: '2.0', id, ...listenEnd(id) }];
}
