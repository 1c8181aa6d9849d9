import type { LanyardError } from '../../../shared/errors.ts';
import { revisionOf } from '../mcp/revisions.ts';
import { isRequest, type RpcMessage } from '../mcp/rpc.ts';
import { legacyAnswer } from './legacy-answer.ts';
import { modernAnswer } from './modern-answer.ts';
import type { StandbyFacts } from './standby-facts.ts';
import { hasStatusTool, isStatusCall, NO_FAULT } from './status-tool.ts';

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

/**
 * The line that answers a call of `lanyard_status` of either era, whether the server is there or not; `undefined` for
 * everything else, and where the server has a tool of that name itself.
 */
export function statusLine(
  message: RpcMessage,
  factsOf: (error: LanyardError) => StandbyFacts,
): RpcMessage | undefined {
  if (!isRequest(message) || !isStatusCall(message)) return undefined;
  const facts = factsOf(NO_FAULT);
  return hasStatusTool(facts.lists) ? undefined : answerLine(message, facts);
}
