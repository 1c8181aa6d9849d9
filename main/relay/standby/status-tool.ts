import { LanyardError } from '../../../shared/errors.ts';
import type { ListedTool, ServerLists } from '../lists/server-lists.ts';
import { memberOf, type RpcRequest } from '../mcp/rpc.ts';

/** The tool that standby answers itself. */
export const STATUS_TOOL_NAME = 'lanyard_status';

/** What stands in for the tools of a server that was never reached. */
export function statusTool(title: string): ListedTool {
  return {
    name: STATUS_TOOL_NAME,
    title: 'Lanyard status',
    description: `Says why the tools of ${title} cannot be used at the moment, and what the person can do about it. They appear by themselves as soon as they can be used.`,
    inputSchema: { type: 'object', properties: {} },
    annotations: { readOnlyHint: true },
  };
}

/** Whether a request calls {@link statusTool}. */
export function isStatusCall({ method, params }: RpcRequest): boolean {
  return method === 'tools/call' && memberOf(params, 'name') === STATUS_TOOL_NAME;
}

/** Whether the server has a tool of that name itself, which then is the one that is meant. */
export function hasStatusTool(lists: ServerLists | undefined): boolean {
  return lists?.tools.some(({ name }) => name === STATUS_TOOL_NAME) ?? false;
}

/** Stands for the fault where there is none: somebody asks how things are while the server is there. */
export const NO_FAULT: LanyardError = new LanyardError({
  code: 'status-asked',
  user: 'Nothing is wrong.',
  administrator: 'A client asked for the status.',
});
