import type { AgentState } from '../../shared/local-api.ts';

/** How an entry starts Lanyard. */
type Program = NonNullable<AgentState['agent']['program']>;

/**
 * What an app that Lanyard does not know takes: one entry for each server. The program is named by its whole path: some
 * apps look for a bare name in the folder they work in first.
 */
export function entriesToPaste(servers: readonly string[], { file, args }: Program): string {
  // One line for each entry: forty servers are still readable.
  const entries = servers.map((server) => {
    const given = [...args, 'stdio', server].map((argument) => JSON.stringify(argument)).join(', ');
    return `    "lanyard-${server}": { "command": ${JSON.stringify(file)}, "args": [${given}] }`;
  });
  return ['{', '  "mcpServers": {', entries.join(',\n'), '  }', '}'].join('\n');
}
