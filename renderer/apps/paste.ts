/** What an app that Lanyard does not know takes: one entry for each server, which starts the program `lanyard`. */
export function entriesToPaste(servers: readonly string[]): string {
  const entries = servers.map((server) => [`lanyard-${server}`, { command: 'lanyard', args: ['stdio', server] }]);
  return JSON.stringify({ mcpServers: Object.fromEntries(entries) }, null, 2);
}
