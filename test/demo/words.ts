import { join } from 'node:path';
import { ROOT } from '../../build/paths.ts';
import type { AddedClient, AgentState } from '../../shared/local-api.ts';
import type { Company } from '../company/company.ts';

/** The program as a person starts it. */
const LAUNCHER = join(ROOT, 'bin', 'lanyard');

/** Who can sign in to the demo, with their passwords; made anew at every start. */
export function peopleText(company: Company): string {
  return company.people.map(({ username, password }) => `    ${username}  password  ${password}\n`).join('');
}

/** Where to sign in, for a person at a terminal. */
export function signInText(url: string, company: Company): string {
  return `\nSign in: open this address in a browser on this machine\n\n  ${url}\n\n  as one of\n${peopleText(company)}\n`;
}

/**
 * What to paste into Claude Code, one line for each ready server, and into any other client. Claude Code gets the
 * shim, whose line holds no key: what is pasted into a terminal stays in its history.
 */
export function pasteText({ servers }: AgentState, { snippet }: AddedClient): string {
  const lines = servers
    .filter(({ status }) => status === 'ready')
    .map(({ name }) => `  claude mcp add lanyard-${name} -- ${LAUNCHER} stdio ${name}\n`);
  return `\nPaste into a terminal for Claude Code:\n\n${lines.join('')}\nor into any client's MCP settings:\n\n${snippet}\n`;
}
