import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ClientKind } from '../../shared/client-kinds.ts';
import {
  type AddedClient,
  type AgentState,
  addedClientSchema,
  agentStateSchema,
  type PastedClient,
  pastedClientSchema,
} from '../../shared/local-api.ts';
import { type Child, type Ended, runChild, startChild } from './children.ts';
import type { Sandbox } from './sandbox.ts';

// Finds our program and drives it as a person would, by its command line alone.

/** Any command answers in well under a second; in milliseconds, for a busy machine. */
const COMMAND_LIMIT_MS = 60_000;

/** The agent serves one test file, and no file takes longer; in milliseconds. */
const AGENT_LIMIT_MS = 10 * 60_000;

/** How often a starting agent is asked whether it is there, in milliseconds. */
const START_POLL_MS = 100;

/** The agent writes a file and opens two sockets before it answers; in milliseconds, for a busy machine. */
const START_LIMIT_MS = 30_000;

const ROOT = join(import.meta.dirname, '..', '..');

interface Program {
  readonly command: string;
  readonly prefix: readonly string[];
  /** The file, from the top of the repository. */
  readonly file: string;
}

/** Names the form to test, as a path, where it is not to be the most finished one that was built. */
const CHOICE = 'LANYARD_PROGRAM';

/** The file that is tested, from the top: the built executable, else the bundle's launcher, else the source. */
export function programFile(): string {
  return findProgram().file;
}

/** Starts `lanyard agent` and waits until it answers. The caller ends it. */
export async function startAgent(sandbox: Sandbox, policyFile: string): Promise<Child> {
  const { command, prefix } = findProgram();
  // A test machine has no keyring that could be unlocked without a person.
  const args = [...prefix, 'agent', '--policy', policyFile, '--insecure-file-key'];
  const agent = startChild(command, args, options(sandbox, AGENT_LIMIT_MS));
  let gone = false;
  agent.ended.then(
    () => (gone = true),
    () => (gone = true),
  );
  for (const until = Date.now() + START_LIMIT_MS; ; await delay(START_POLL_MS)) {
    const answer = await lanyard(sandbox, ['status', '--json']);
    if (answer.exitCode === 0) return agent;
    if (!gone && Date.now() < until) continue;
    await agent.end();
    throw new Error(
      `The agent does not answer\n${agent.stdout()}\n${agent.stderr()}\n${answer.stdout}\n${answer.stderr}`,
    );
  }
}

/** `lanyard status --json` */
export async function agentState(sandbox: Sandbox): Promise<AgentState> {
  return agentStateSchema.parse(await printedJson(sandbox, ['status', '--json']));
}

/** `lanyard login --no-browser`: gives the printed address to `signIn` and waits until the command is content. */
export async function login(sandbox: Sandbox, signIn: (url: string) => Promise<void>): Promise<void> {
  const { command, prefix } = findProgram();
  const child = startChild(command, [...prefix, 'login', '--no-browser'], options(sandbox, COMMAND_LIMIT_MS));
  try {
    const [url] = await child.printed(/https?:\/\/\S+(?=\s)/);
    await signIn(url);
    const { exitCode, stdout, stderr } = await child.ended;
    if (exitCode !== 0) throw new Error(`lanyard login ended with ${exitCode}\n${stdout}\n${stderr}`);
  } finally {
    await child.end();
  }
}

/** `lanyard logout` */
export async function logout(sandbox: Sandbox): Promise<void> {
  await succeeded(sandbox, ['logout', '--no-browser']);
}

/** `lanyard client add <kind> …` */
export async function addClient(sandbox: Sandbox, kind: ClientKind, args: readonly string[]): Promise<AddedClient> {
  return addedClientSchema.parse(await printedJson(sandbox, ['client', 'add', kind, ...args, '--json']));
}

/** `lanyard client add snippet`: an HTTP entry to paste, with its key. */
export async function addPasted(sandbox: Sandbox): Promise<PastedClient> {
  const args = ['client', 'add', 'snippet', '--transport', 'http', '--json'];
  return pastedClientSchema.parse(await printedJson(sandbox, args));
}

/** `lanyard client remove <id>` */
export async function removeClient(sandbox: Sandbox, id: string): Promise<void> {
  await succeeded(sandbox, ['client', 'remove', id]);
}

/** `lanyard client list --json`, as it was printed. */
export async function listClients(sandbox: Sandbox): Promise<unknown> {
  return printedJson(sandbox, ['client', 'list', '--json']);
}

/** What a client starts to run our command line. */
export function programCommand(...args: readonly string[]): {
  readonly command: string;
  readonly args: readonly string[];
} {
  const { command, prefix } = findProgram();
  return { command, args: [...prefix, ...args] };
}

/** What a client starts to reach one server over stdio; without a server, all of them. */
export function shimCommand(server?: string): { readonly command: string; readonly args: readonly string[] } {
  return programCommand('stdio', ...(server === undefined ? [] : [server]));
}

async function printedJson(sandbox: Sandbox, args: readonly string[]): Promise<unknown> {
  return JSON.parse(await succeeded(sandbox, args));
}

async function succeeded(sandbox: Sandbox, args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await lanyard(sandbox, args);
  if (exitCode !== 0) throw new Error(`lanyard ${args.join(' ')} ended with ${exitCode}\n${stdout}\n${stderr}`);
  return stdout;
}

function lanyard(sandbox: Sandbox, args: readonly string[]): Promise<Ended> {
  const { command, prefix } = findProgram();
  return runChild(command, [...prefix, ...args], options(sandbox, COMMAND_LIMIT_MS));
}

function options(sandbox: Sandbox, timeLimitMs: number) {
  return { cwd: sandbox.project, env: sandbox.env, timeLimitMs };
}

function findProgram(): Program {
  const chosen = process.env[CHOICE];
  if (chosen) return program(resolve(chosen));
  const executable = join(ROOT, 'dist', 'executable', process.platform === 'win32' ? 'lanyard.exe' : 'lanyard');
  if (existsSync(executable)) return program(executable);
  const launcher = join(ROOT, 'bin', 'lanyard');
  // The launcher starts the bundle, which only a build makes.
  const bundle = join(ROOT, 'dist', 'lanyard.cjs');
  if (existsSync(launcher) && existsSync(bundle) && process.platform !== 'win32') return program(launcher);
  return program(join(ROOT, 'main', 'lanyard.ts'));
}

function program(path: string): Program {
  const file = relative(ROOT, path);
  return path.endsWith('.ts')
    ? { file, command: process.execPath, prefix: [path] }
    : { file, command: path, prefix: [] };
}
