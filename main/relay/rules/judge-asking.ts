import type { ToolRules } from '../../../shared/tool-rules.ts';
import type { ListedTool } from '../lists/server-lists.ts';
import { type BodyVerdict, judgeBody } from './judge-body.ts';
import type { RuledHeaders } from './ruled-headers.ts';
import { judgeTool, type ToolVerdict } from './tool-rules.ts';

/** What the rules of one server work with. */
export interface RulesContext {
  readonly rules: ToolRules;
  /** The server's title, for the sentence that a model reads. */
  readonly title: string;
  /** A tool as it was last listed; `undefined` where it was not. */
  readonly toolOf: (name: string) => ListedTool | undefined;
  /** Asks the server for its lists; a failure counts as knowing nothing. */
  readonly refreshTools: () => Promise<unknown>;
}

/** Judges names by what is known now, and notes whether asking the server could change a verdict. */
interface KnownJudge {
  readonly judge: (name: string) => ToolVerdict;
  readonly wantsAsking: () => boolean;
}

function createKnownJudge({ rules, toolOf }: RulesContext): KnownJudge {
  let isUnknown = false;
  return {
    judge: (name) => {
      const tool = toolOf(name);
      const verdict = judgeTool(rules, name, tool);
      // A tool that is known as one that writes stays so until its server says otherwise by itself.
      isUnknown ||= !verdict.allowed && verdict.reason === 'not-read-only' && tool === undefined;
      return verdict;
    },
    wantsAsking: () => isUnknown,
  };
}

/**
 * Runs a judgement, and where it came out against a tool only because we have not seen it, once more after asking the
 * server for its tools.
 */
export async function judgeAsking<T>(
  context: RulesContext,
  run: (judge: (name: string) => ToolVerdict) => T,
): Promise<T> {
  const known = createKnownJudge(context);
  const verdict = run(known.judge);
  if (!known.wantsAsking()) return verdict;
  await context.refreshTools().catch(() => {});
  return run(createKnownJudge(context).judge);
}

/** {@link judgeBody} by the rules of a server, asking it for its tools where that is needed. */
export function judgeBodyAsking(
  body: Buffer | string,
  headers: RuledHeaders,
  context: RulesContext,
): Promise<BodyVerdict> {
  return judgeAsking(context, (judge) => judgeBody(body, headers, judge, context.title));
}
