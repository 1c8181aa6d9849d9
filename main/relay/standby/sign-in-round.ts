import { META, metaOf } from '../mcp/revisions.ts';
import { type Members, memberOf, type RpcRequest } from '../mcp/rpc.ts';
import { askToSignIn } from './sentences.ts';
import { signInAddress } from './sign-in-address.ts';
import type { StandbyFacts } from './standby-facts.ts';

/** Name of our question among `inputRequests`, and of its answer among `inputResponses`. */
export const QUESTION = 'lanyard-sign-in';

/** Whether client capabilities have URL elicitation (MCP 2025-11-25 and later, client/elicitation). */
function takesUrls(capabilities: unknown): boolean {
  const url = memberOf(memberOf(capabilities, 'elicitation'), 'url');
  return typeof url === 'object' && url !== null;
}

const answerOf = ({ params }: RpcRequest): unknown => memberOf(memberOf(params, 'inputResponses'), QUESTION);

/** Whether a request comes back with the answer to {@link signInQuestion}. */
export function hasAskedToSignIn(request: RpcRequest): boolean {
  return answerOf(request) !== undefined;
}

/** The same, where the person went to the sign-in; clients make the call again at once, and not when it is done. */
export function isSigningIn(request: RpcRequest): boolean {
  return memberOf(answerOf(request), 'action') === 'accept';
}

/**
 * The result that asks the client to open the sign-in (MCP 2026-07-28, basic/patterns/mrtr and client/elicitation);
 * `undefined` where the client cannot, or where a sign-in does not help. A request that continues a round of the
 * server's own is not asked: its state would be lost.
 */
export function signInQuestion({ params }: RpcRequest, facts: StandbyFacts): Members | undefined {
  const url = signInAddress(facts);
  if (url === undefined || !takesUrls(metaOf(params)[META.clientCapabilities])) return undefined;
  if (params?.inputResponses !== undefined || params?.requestState !== undefined) return undefined;
  const elicitation = { method: 'elicitation/create', params: { mode: 'url', message: askToSignIn(facts), url } };
  return { resultType: 'input_required', inputRequests: { [QUESTION]: elicitation } };
}

/** A request as the server may see it: without the answer to a question that it never asked. */
export function withoutSignInAnswer(request: RpcRequest): RpcRequest {
  if (!hasAskedToSignIn(request)) return request;
  const { inputResponses, ...params } = request.params ?? {};
  const { [QUESTION]: _, ...others } = inputResponses as Members;
  return { ...request, params: Object.keys(others).length > 0 ? { ...params, inputResponses: others } : params };
}
