import type { InputRequest } from '../mcp/input-capability.ts';
import { type Members, memberOf, type Outcome, type RpcRequest, URL_ELICITATION_REQUIRED } from '../mcp/rpc.ts';

// In the legacy era a server asks its client by requests of its own while a call goes on; in the modern one the call
// ends with `input_required`, and is sent again with the answers (MCP 2026-07-28, basic/patterns/mrtr).

/** Requests that may end with `input_required`. */
export const INPUT_METHODS: ReadonlySet<string> = new Set(['tools/call', 'prompts/get', 'resources/read']);

/** What only the legacy era has in such a request. */
const DROPPED: ReadonlySet<string> = new Set(['elicitationId', 'task', '_meta']);

/** Whether a client with these capabilities may be asked anything at all. */
export function answersQuestions(capabilities: Members): boolean {
  return ['elicitation', 'sampling', 'roots'].some((name) => memberOf(capabilities, name) !== undefined);
}

/** Whether a request of this method may be answered with questions to a client with these capabilities. */
export function isAskable(method: string, capabilities: Members): boolean {
  return INPUT_METHODS.has(method) && answersQuestions(capabilities);
}

/** A server's request as a question of the modern era. */
export function toInputRequest({ method, params }: RpcRequest | InputRequest): InputRequest {
  if (!params) return method === 'roots/list' ? { method } : { method, params: {} };
  return { method, params: Object.fromEntries(Object.entries(params).filter(([name]) => !DROPPED.has(name))) };
}

/** The questions behind an error -32042 (MCP 2025-11-25): addresses to be opened before the call is sent again. */
export function requiredElicitations(outcome: Outcome): readonly InputRequest[] {
  if (!('error' in outcome) || outcome.error.code !== URL_ELICITATION_REQUIRED) return [];
  const elicitations = memberOf(outcome.error.data, 'elicitations');
  if (!Array.isArray(elicitations)) return [];
  return elicitations
    .filter((params) => typeof memberOf(params, 'url') === 'string')
    .map((params: Members) =>
      toInputRequest({ method: 'elicitation/create', params: { message: '', ...params, mode: 'url' } }),
    );
}

/** The result that asks the client, and the state by which its next try is known. */
export function inputRequired(questions: ReadonlyMap<string, InputRequest>, requestState: string): Outcome {
  return { result: { resultType: 'input_required', inputRequests: Object.fromEntries(questions), requestState } };
}

/** The answer that a retry brings to a question; the bare result (MCP 2026-07-28), so no object with a `method`. */
export function responseTo(key: string, params: Members | undefined): Members | undefined {
  const response = memberOf(memberOf(params, 'inputResponses'), key);
  const isBare =
    typeof response === 'object' && response !== null && !Array.isArray(response) && !('method' in response);
  return isBare ? (response as Members) : undefined;
}
