import type { ServerTools } from '../../shared/journal-views.ts';
import { LOCAL_BODY_LIMIT_BYTES } from '../../shared/local-api.ts';
import type { ToolRules } from '../../shared/tool-rules.ts';
import type { ListedTool } from '../relay/lists/server-lists.ts';
import { judgeTool } from '../relay/rules/tool-rules.ts';

/** Longer texts of a tool are cut for the window, in characters: descriptions are written for models. */
const DESCRIPTION_LIMIT = 400;
/** As {@link DESCRIPTION_LIMIT}; MCP allows names of 128. */
const NAME_LIMIT = 256;

/** All tools together, as JSON in bytes; what is over is left out. */
const TOOLS_LIMIT_BYTES = LOCAL_BODY_LIMIT_BYTES / 2;

const cut = (text: string, limit: number) => (text.length > limit ? `${text.slice(0, limit)}…` : text);

function textOf(value: unknown, limit: number): string | undefined {
  return typeof value === 'string' && value !== '' ? cut(value, limit) : undefined;
}

/** One tool as people see it. Servers give a title in one of two places (MCP 2025-06-18 and 2025-03-26). */
function viewTool(tool: ListedTool, rules: ToolRules | undefined): ServerTools['tools'][number] {
  const title = textOf(tool.title, NAME_LIMIT) ?? textOf(tool.annotations?.title, NAME_LIMIT);
  const description = textOf(tool.description, DESCRIPTION_LIMIT);
  return {
    name: cut(tool.name, NAME_LIMIT),
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    isAllowed: !rules || judgeTool(rules, tool.name, tool).allowed,
    isReadOnly: tool.annotations?.readOnlyHint === true,
  };
}

/** A server's tools for the window, in its order, those included that policy hides. */
export function viewTools(tools: readonly ListedTool[], rules: ToolRules | undefined): ServerTools['tools'] {
  const shown: ServerTools['tools'] = [];
  let bytes = 0;
  for (const tool of tools) {
    const view = viewTool(tool, rules);
    bytes += Buffer.byteLength(JSON.stringify(view)) + 1;
    if (bytes > TOOLS_LIMIT_BYTES) break;
    shown.push(view);
  }
  return shown;
}
