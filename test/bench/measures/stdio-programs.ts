import { PINNED_NODE } from '../../../build/paths.ts';
import { FAST_SERVER } from '../company/fast-company.ts';
import { peerFile } from '../peers/install.ts';
import type { ProgramForm } from '../program/forms.ts';
import type { StdioProgram } from '../program/stdio-client.ts';
import type { FastSetup } from './fast-setup.ts';

/** A stdio server that is compared. */
export interface ComparedProgram extends StdioProgram {
  /** Part of its work is done by the agent. */
  readonly isOurs: boolean;
}

/** The stdio servers that are compared. Without `npx`, which adds half a second that is npm's. */
export function stdioPrograms(
  { agent, url, fixedToken }: FastSetup,
  forms: readonly ProgramForm[],
): Readonly<Record<string, ComparedProgram>> {
  const { project: cwd, env } = agent.sandbox;
  const header = ['--header', `Authorization: Bearer ${fixedToken}`];
  const mcpRemote = [peerFile('mcp-remote', 'dist', 'proxy.js'), url, ...header, '--transport', 'http-only'];
  const supergateway = [peerFile('supergateway', 'dist', 'index.js'), '--streamableHttp', url, ...header];
  const peer = (args: readonly string[]) => ({ command: PINNED_NODE, args, cwd, env, isOurs: false });
  return {
    'mcp-remote': peer(mcpRemote),
    supergateway: peer(supergateway),
    ...Object.fromEntries(
      forms.map(({ name, command, args }) => [
        `ours (${name})`,
        { command, args: [...args, 'stdio', FAST_SERVER], cwd, env, isOurs: true },
      ]),
    ),
  };
}
