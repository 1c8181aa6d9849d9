import type { PolicyServer } from '../../../shared/policy.ts';
import { INTERNAL_ERROR, isResponse, type Outcome, type RequestId, type RpcMessage, refused } from '../mcp/rpc.ts';

/** For an HTTP answer that holds no answer to the request. */
export function noAnswer(server: PolicyServer, status: number): Outcome {
  return refused(INTERNAL_ERROR, `${server.title} gave no answer (HTTP ${status}).`);
}

/** For a request that its client gave up; nobody reads it. */
export const CANCELLED: Outcome = refused(INTERNAL_ERROR, 'The request was cancelled.');

/**
 * The outcome that a message brings to a request, or `undefined` where it is about something else. An error without an
 * id on a request's own answer is about that request.
 */
export function outcomeFor(id: RequestId, message: RpcMessage): Outcome | undefined {
  if (!isResponse(message)) return undefined;
  if ('error' in message && (message.id === id || message.id === null)) return { error: message.error };
  if ('result' in message && message.id === id) return { result: message.result };
  return undefined;
}
