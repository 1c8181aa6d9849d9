/** What an app that Lanyard does not know takes: one entry for each server, which starts the program `lanyard`. */
export function entriesToPaste(servers: readonly string[]): string {
  // One line for each entry: forty servers are still readable.
  const entries = servers.map(
    (server) => `    "lanyard-${server}": { "command": "lanyard", "args": ["stdio", "${server}"] }`,
  );
  return ['{', '  "mcpServers": {', entries.join(',\n'), '  }', '}'].join('\n');
}
