import type { ToolRules } from '../../../shared/tool-rules.ts';
import { type CallRecord, describeMessage } from '../../journal/calls.ts';
import type { Exchange, Responder } from '../mcp/responder.ts';
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

/** A request that the rules do not let pass. */
interface Refusal {
  readonly outcome: Outcome;
  /** Which rule it was; absent where the request could be read in two ways. */
  readonly reason?: string;
}

/** Where refusals are noted, as calls of this server. */
export interface RefusalRecording {
  readonly server: string;
  readonly record: (call: CallRecord) => void;
}

// What a client that speaks to the byte path gets with such an answer.
const STATUS = { refused: 200, unreadable: 400 } as const;

/**
 * A responder that keeps the rules: hidden tools are in no list, and a call of one is answered here, also when it comes
 * with the answers to a server's questions (`inputResponses`). A task can only come of a call that was let through.
 * Everything else passes. Every refusal is recorded.
 */
export function withRules(
  responder: Responder,
  context: RulesContext,
  { server, record }: RefusalRecording,
): Responder {
  const refusalOf = async (request: RpcRequest): Promise<Refusal | undefined> => {
    const judged = await judgeAsking(context, (judge) => judgeMessage(request, {}, judge));
    if (judged.kind === 'pass') return undefined;
    if (judged.kind !== 'refused') return { outcome: refused(codeOf(judged), judged.sentence) };
    const { tool, verdict } = judged;
    return { outcome: { result: refusedCall(context.title, tool, verdict) }, reason: verdict.reason };
  };
  const recordRefusal = (request: RpcRequest, exchange: Exchange, refusal: Refusal, durationMs: number) => {
    const asked = Buffer.from(JSON.stringify(request));
    record({
      client: exchange.conversation.client,
      server,
      transport: exchange.conversation.transport,
      verb: 'POST',
      ...describeMessage(asked),
      status: refusal.reason === undefined ? STATUS.unreadable : STATUS.refused,
      durationMs,
      requestBytes: asked.length,
      responseBytes: Buffer.byteLength(JSON.stringify(refusal.outcome)),
      ...(refusal.reason !== undefined && { refused: refusal.reason }),
    });
  };
  return {
    answer: async (request, exchange) => {
      const startedAt = performance.now();
      const refusal = await refusalOf(request);
      if (refusal) {
        recordRefusal(request, exchange, refusal, performance.now() - startedAt);
        return refusal.outcome;
      }
      const outcome = await responder.answer(request, exchange);
      return request.method === 'tools/list' ? withoutHidden(outcome, context.rules) : outcome;
    },
    end: (conversationId) => responder.end(conversationId),
    reset: () => responder.reset(),
  };
}
