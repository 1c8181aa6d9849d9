import type { ToolRules } from '../../../shared/tool-rules.ts';
import type { ListedTool } from '../lists/server-lists.ts';
import { memberOf } from '../mcp/rpc.ts';
import { elementsOf, membersOf, type Range } from './json-text.ts';
import { judgeTool } from './tool-rules.ts';

interface Cut extends Range {
  readonly instead: string;
}

/** Whether the rules hide an entry of a list. What has no name cannot be called, and stays. */
export function isHidden(rules: ToolRules, entry: unknown): boolean {
  const name = memberOf(entry, 'name');
  return typeof name === 'string' && !judgeTool(rules, name, entry as ListedTool).allowed;
}

function cutsOf(rules: ToolRules, text: string, message: number): Cut[] {
  const cuts: Cut[] = [];
  for (const result of membersOf(text, message).filter(({ key }) => key === 'result'))
    for (const tools of membersOf(text, result.start).filter(({ key }) => key === 'tools')) {
      const entries = elementsOf(text, tools.start).map(({ start, end }) => text.slice(start, end));
      const kept = entries.filter((entry) => !isHidden(rules, JSON.parse(entry)));
      if (kept.length < entries.length)
        cuts.push({ start: tools.start, end: tools.end, instead: `[${kept.join(',')}]` });
    }
  return cuts;
}

/**
 * Takes the tools that the rules hide out of a message of a server, or of a batch of them: out of every `result.tools`.
 * All other characters stay, numbers among them that a program would round.
 *
 * @returns the very same text where nothing is hidden, or where it is no JSON.
 */
export function withoutHiddenTools(text: string, rules: ToolRules): string {
  // A key may be written with escapes. Most messages are no lists and need not be parsed.
  if (!text.includes('tools') && !text.includes('\\u')) return text;
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return text;
  }
  const messages = Array.isArray(document) ? elementsOf(text, 0).map(({ start }) => start) : [0];
  let rest = 0;
  let changed = '';
  for (const { start, end, instead } of messages.flatMap((message) => cutsOf(rules, text, message))) {
    changed += text.slice(rest, start) + instead;
    rest = end;
  }
  return rest === 0 ? text : changed + text.slice(rest);
}
