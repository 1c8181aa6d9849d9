import type { ListedTool } from '../lists/server-lists.ts';
import { hasValidParamHeaders } from '../mcp/param-headers.ts';
import { type Members, memberOf } from '../mcp/rpc.ts';

function withTools(result: Members, change: (tools: readonly unknown[]) => readonly unknown[]): Members {
  const { tools } = result;
  return Array.isArray(tools) ? { ...result, tools: change(tools) } : result;
}

/**
 * A `tools/list` result without the tools whose `x-mcp-header` annotations are invalid, as a client on HTTP has to leave
 * them out (MCP 2026-07-28, basic/transports).
 */
export function withoutInvalidTools(result: Members): Members {
  return withTools(result, (tools) => tools.filter((tool) => hasValidParamHeaders(tool as ListedTool)));
}

/**
 * A `tools/list` result of revision 2025-11-25 as one of 2026-07-28, which has no `execution`. Tools that run as tasks
 * of that revision alone are left out: nobody could call them.
 */
export function withoutExecution(result: Members): Members {
  return withTools(result, (tools) =>
    tools
      .filter((tool) => memberOf(memberOf(tool, 'execution'), 'taskSupport') !== 'required')
      .map((tool) => {
        if (memberOf(tool, 'execution') === undefined) return tool;
        const { execution: _execution, ...rest } = tool as Members;
        return rest;
      }),
  );
}
