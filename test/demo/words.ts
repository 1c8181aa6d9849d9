import { join } from 'node:path';
import { ROOT } from '../../build/paths.ts';
import type { AddedClient } from '../../shared/local-api.ts';
import type { Company } from '../company/company.ts';
import type { DemoAgent } from './program.ts';

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
export function pasteText(ready: readonly string[], { snippet }: AddedClient): string {
  const lines = ready.map((name) => `  claude mcp add -s user lanyard-${name} -- ${LAUNCHER} stdio ${name}\n`);
  return `\nPaste into a terminal for Claude Code:\n\n${lines.join('')}\nor into any client's MCP settings:\n\n${snippet}\n`;
}

/** What a demo in the person's own home leaves there, and how it goes. */
export function endText(ready: readonly string[], { paths }: DemoAgent): string {
  const lines = ready.map((name) => `  claude mcp remove -s user lanyard-${name}\n`);
  return `\nThe pasted key does not work any more. What is left lies in ${paths.state}\nand, if you pasted them, in Claude Code's settings:\n\n${lines.join('')}`;
}
