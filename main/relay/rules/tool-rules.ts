import type { ToolRules } from '../../../shared/tool-rules.ts';
import type { ListedTool } from '../lists/server-lists.ts';
import type { Members } from '../mcp/rpc.ts';

/**
 * Longest name that is looked at, in characters: MCP allows 128, some servers have more. Longer ones are nobody's, and
 * matching them against every pattern would cost time.
 */
const NAME_LIMIT = 1_024;

/** Longest part of a name that is told again, in characters. */
const TOLD_LIMIT = 128;

/** Whether a tool may be used, or which of the rules says no. */
export type ToolVerdict =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly reason: 'denied' | 'not-allowed' | 'not-read-only' };

const ALLOWED: ToolVerdict = { allowed: true };

// Without regular expressions: a pattern of many "*" must not take exponential or even quadratic time in backtracking.
function matches(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return name === pattern;
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  let at = first.length;
  const end = name.length - last.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= end;
}

function isAny(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => matches(pattern, name));
}

/** A name that every parser reads in the same way: no control characters, no blanks around it, whole code points. */
function isPlain(name: string): boolean {
  return (
    name.length > 0 &&
    name.length <= NAME_LIMIT &&
    name.isWellFormed() &&
    name === name.trim() &&
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
    !/[\u0000-\u001f\u007f-\u009f]/.test(name)
  );
}

/**
 * Whether the rules let a tool be used. `deny` wins over `allow`; names are compared letter by letter, so one that only
 * looks like another is another. With `readOnly`, a tool of which nothing is known is not read-only.
 *
 * @param tool as the server lists it; `undefined` where it does not, as far as we know.
 */
export function judgeTool(rules: ToolRules, name: string, tool: ListedTool | undefined): ToolVerdict {
  if (!isPlain(name)) return { allowed: false, reason: 'not-allowed' };
  if (rules.deny && isAny(rules.deny, name)) return { allowed: false, reason: 'denied' };
  if (rules.allow && !isAny(rules.allow, name)) return { allowed: false, reason: 'not-allowed' };
  if (rules.readOnly && tool?.annotations?.readOnlyHint !== true) return { allowed: false, reason: 'not-read-only' };
  return ALLOWED;
}

/** The tools of a list that the rules let be used, each judged by what the list itself says of it. */
export function visibleTools<T extends { readonly name: string }>(
  rules: ToolRules | undefined,
  tools: readonly T[],
): readonly T[] {
  if (!rules) return tools;
  return tools.filter((tool) => judgeTool(rules, tool.name, tool as ListedTool).allowed);
}

/** A name as it may stand in a sentence: bounded, and quoted so that it cannot pass for a part of the sentence. */
function told(name: string): string {
  return JSON.stringify(name.length > TOLD_LIMIT ? `${name.slice(0, TOLD_LIMIT)}…` : name);
}

const REASONS: Readonly<Record<(ToolVerdict & { readonly allowed: false })['reason'], string>> = {
  denied: 'it is denied',
  'not-allowed': 'it is not among the allowed ones',
  'not-read-only': 'only tools that are marked as read-only are allowed',
};

/** What a model is told of a tool that it may not use; see {@link refusedCall}. */
export function refusalSentence(title: string, name: string, verdict: ToolVerdict): string {
  const why = verdict.allowed ? '' : ` (${REASONS[verdict.reason]})`;
  return `The company's policy does not allow the tool ${told(name)} of ${title}${why}. The tool was not run. Do not try it again and do not look for another way to the same end. Tell the user that their administrator decides which tools may be used.`;
}

/**
 * The result of a call that the rules refuse, in the form of revision 2026-07-28: a tool's error, which a model gets to
 * read, where a JSON-RPC error might be hidden from it and the call repeated.
 *
 * @param title of the server.
 */
export function refusedCall(title: string, name: string, verdict: ToolVerdict): Members {
  return {
    resultType: 'complete',
    content: [{ type: 'text', text: refusalSentence(title, name, verdict) }],
    isError: true,
  };
}
