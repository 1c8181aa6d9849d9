import type { ToolRules } from '../../../shared/tool-rules.ts';
import type { Responder } from '../mcp/responder.ts';
import { type Outcome, type RpcRequest, refused } from '../mcp/rpc.ts';
import { isHidden } from './hidden-tools.ts';
import { judgeAsking, type RulesContext } from './judge-asking.ts';
import { codeOf, judgeMessage } from './judge-message.ts';
import { refusedCall } from './tool-rules.ts';

// Each tool is judged by what this very list says of it, which may be newer than what is known.
function withoutHidden(outcome: Outcome, rules: ToolRules): Outcome {
  if (!('result' in outcome) || !Array.isArray(outcome.result.tools)) return outcome;
  const { tools } = outcome.result;
  const kept = tools.filter((entry: unknown) => !isHidden(rules, entry));
  return kept.length === tools.length ? outcome : { ...outcome, result: { ...outcome.result, tools: kept } };
}

/**
 * A responder that keeps the rules: hidden tools are in no list, and a call of one is answered here, also when it comes
 * with the answers to a server's questions (`inputResponses`). A task can only come of a call that was let through.
 * Everything else passes.
 */
export function withRules(responder: Responder, context: RulesContext): Responder {
  const refusalOf = async (request: RpcRequest): Promise<Outcome | undefined> => {
    const judged = await judgeAsking(context, (judge) => judgeMessage(request, {}, judge));
    if (judged.kind === 'pass') return undefined;
    if (judged.kind !== 'refused') return refused(codeOf(judged), judged.sentence);
    return { result: refusedCall(context.title, judged.tool, judged.verdict) };
  };
  return {
    answer: async (request, exchange) => {
      const refusal = await refusalOf(request);
      if (refusal) return refusal;
      const outcome = await responder.answer(request, exchange);
      return request.method === 'tools/list' ? withoutHidden(outcome, context.rules) : outcome;
    },
    end: (conversationId) => responder.end(conversationId),
    reset: () => responder.reset(),
  };
}
