import type { McpServer } from '@modelcontextprotocol/server';
import { registerEcho, registerWhoami } from './common.ts';
import type { Toolbox } from './toolbox.ts';

/** `echo` and `whoami`, for servers that are there to be many. */
export function registerExtraTools(server: McpServer, toolbox: Toolbox): void {
  const scope = `${toolbox.serverName}:use`;
  registerEcho(server, toolbox, scope);
  registerWhoami(server, toolbox, scope);
}
