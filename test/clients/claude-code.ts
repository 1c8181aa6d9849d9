import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Ended, runChild } from './children.ts';
import { CLIENTS_FOLDER } from './folder.ts';
import { type PlannedCall, startModel } from './model-stand-in.ts';
import type { Sandbox } from './sandbox.ts';
import { type ClaudeRun, readStream } from './stream-json.ts';

/** Where Claude Code keeps the entries that a person has for all projects, below the home folder. */
export const CLAUDE_FILE = '.claude.json';

/** A run takes under a second on an idle machine; in milliseconds, for a busy one. */
const CLAUDE_LIMIT_MS = 90_000;

/** Nothing listens on the discard port: a run that needs no model must not reach one. */
const NO_MODEL = 'http://127.0.0.1:9';

/** The line of `claude mcp list` about one entry says this where the server answered. */
const CONNECTED = /Connected\s*$/;

/** One line of `claude mcp list`. */
export interface ListedEntry {
  readonly line: string;
  readonly connected: boolean;
}

/** What a tool call by way of the model stand-in showed. */
export interface CalledTool extends ClaudeRun {
  /** The tool results that the client handed to its model, as JSON text. */
  readonly toldToModel: readonly string[];
  /** The stream as it came, to show where something was not as expected. */
  readonly stream: string;
}

/** `claude mcp list`: it connects to every entry and says how that went. Its exit code says nothing. */
export async function listEntries(sandbox: Sandbox): Promise<Readonly<Record<string, ListedEntry>>> {
  const { stdout } = await claude(sandbox, ['mcp', 'list']);
  const lines = stdout.split('\n').filter((line) => line.includes(': '));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(': ')), { line, connected: CONNECTED.test(line) }]),
  );
}

/** `claude mcp add`, so that a file holds an entry which Claude Code itself wrote. */
export async function addForeignEntry(sandbox: Sandbox, name: string, url: string): Promise<void> {
  await claude(sandbox, ['mcp', 'add', '--scope', 'user', '--transport', 'http', name, url]);
}

/** `claude -p` with the entries of the person's own file; the stand-in makes it call one tool. */
export async function callTool(sandbox: Sandbox, call: PlannedCall): Promise<CalledTool> {
  const model = await startModel(call);
  try {
    const args = ['-p', 'Call the tool.', '--allowedTools', call.tool, '--output-format', 'stream-json', '--verbose'];
    const { stdout } = await claude(sandbox, args, model.url);
    return { ...readStream(stdout), toldToModel: model.toolResults, stream: stdout };
  } finally {
    await model.close();
  }
}

/** The name under which a session offers a tool of an entry. */
export function toolName(entry: string, tool: string): string {
  return `mcp__${entry}__${tool}`;
}

/** `claude --version`. */
export async function claudeVersion(sandbox: Sandbox): Promise<string> {
  return (await claude(sandbox, ['--version'])).stdout.trim();
}

/** The environment of every Claude Code that is started here. */
export function claudeEnvironment(sandbox: Sandbox, modelUrl: string): Readonly<Record<string, string>> {
  return {
    ...sandbox.env,
    // No updates, no telemetry: only the model address below and the entries' servers are asked.
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    ANTHROPIC_BASE_URL: modelUrl,
    ANTHROPIC_API_KEY: 'sk-dummy',
  };
}

async function claude(sandbox: Sandbox, args: readonly string[], modelUrl: string = NO_MODEL): Promise<Ended> {
  const env = claudeEnvironment(sandbox, modelUrl);
  const options = { cwd: sandbox.project, env, timeLimitMs: CLAUDE_LIMIT_MS };
  const ended = await runChild(claudeProgram(), args, options);
  // The shims it started are in its process group; they have to end with it.
  if (ended.leftBehind) throw new Error(`claude ${args.join(' ')} left a process behind`);
  return ended;
}

/**
 * The native program. npm's install script would link it to the package's `bin`; we take it from the package that
 * holds it for this platform, so that no install script has to run.
 */
export function claudeProgram(): string {
  const program = process.platform === 'win32' ? 'claude.exe' : 'claude';
  const platform = `${process.platform}-${process.arch}${isMusl() ? '-musl' : ''}`;
  const path = join(CLIENTS_FOLDER, 'node_modules', '@anthropic-ai', `claude-code-${platform}`, program);
  if (!existsSync(path)) throw new Error(`Claude Code has no program for ${platform} at ${path}`);
  return path;
}

function isMusl(): boolean {
  if (process.platform !== 'linux') return false;
  const report = process.report.getReport() as { readonly header?: { readonly glibcVersionRuntime?: string } };
  return report.header?.glibcVersionRuntime === undefined;
}
