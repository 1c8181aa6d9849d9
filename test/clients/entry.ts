import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CLAUDE_FILE } from './claude-code.ts';
import type { CodexEntry } from './codex.ts';
import type { Employee } from './employee.ts';
import { shimCommand } from './lanyard-program.ts';

/** How a client reaches us: one server of ours or all of them at once, over HTTP or stdio. */
export interface Route {
  readonly transport: 'http' | 'stdio';
  /** `undefined` is the gateway to all servers. */
  readonly server: string | undefined;
}

/** In the words of a test's name. */
export function routeInWords({ transport, server }: Route): string {
  return `${server === undefined ? 'the gateway' : 'one server'} over ${transport}`;
}

/** The tool's name on this route: the gateway puts the server's name before it. */
export function toolOn({ server }: Route, owner: string, tool: string): string {
  return server === undefined ? `${owner}_${tool}` : tool;
}

/** The entry of one route, in the words that Codex uses too. */
export function entryFor(employee: Pick<Employee, 'relayUrl'>, route: Route, localKey: string): CodexEntry {
  if (route.transport === 'stdio') return shimCommand(route.server);
  const path = route.server === undefined ? '/mcp' : `/${route.server}/mcp`;
  return { url: `${employee.relayUrl}${path}`, headers: { 'Lanyard-Key': localKey } };
}

/** Makes this the only entry of Claude Code's own file. */
export function writeClaudeEntry(employee: Pick<Employee, 'sandbox'>, name: string, entry: CodexEntry): void {
  const type = 'url' in entry ? 'http' : 'stdio';
  const file = join(employee.sandbox.home, CLAUDE_FILE);
  writeFileSync(file, JSON.stringify({ mcpServers: { [name]: { type, ...entry } } }), { mode: 0o600 });
}
