import type { ListedTool } from '../lists/server-lists.ts';

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
