import { revisionOf } from '../mcp/revisions.ts';
import { isRequest, type RpcMessage } from '../mcp/rpc.ts';
import { legacyAnswer } from './legacy-answer.ts';
import { modernAnswer } from './modern-answer.ts';
import type { StandbyFacts } from './standby-facts.ts';

/**
 * The line that answers a stdio client's message in the server's place, in the era of the message; none for
 * notifications and responses. A `subscriptions/listen` ends with it: `withStandby` keeps one open.
 */
export function answerLine(message: RpcMessage, facts: StandbyFacts): RpcMessage | undefined {
  if (!isRequest(message)) return undefined;
  const revision = revisionOf(message.params);
  const outcome = revision === undefined ? legacyAnswer(message, facts) : modernAnswer(message, revision, facts);
  return { jsonrpc: '2.0', id: message.id, ...outcome };
}
