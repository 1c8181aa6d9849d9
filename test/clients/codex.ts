import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { startChild } from './children.ts';
import { CLIENTS_FOLDER } from './folder.ts';
import type { Sandbox } from './sandbox.ts';

// Codex as its own editors drive it: `codex app-server`, JSON lines over stdio. It calls tools for whoever asks, so no
// model and no account is needed. The protocol is marked experimental, hence the pinned version.

/** One MCP server in Codex' configuration; a headers helper is a line for the shell. */
export type CodexEntry =
  | { readonly url: string; readonly headers: Readonly<Record<string, string>> }
  | { readonly url: string; readonly headersHelper: string }
  | { readonly command: string; readonly args: readonly string[] };

/** What a call came to: a tool's result, or the error in its place. */
export type CodexAnswer =
  | { readonly kind: 'result'; readonly texts: readonly string[]; readonly isError: boolean }
  | { readonly kind: 'error'; readonly message: string };

/** A thread, which holds connections of its own to all servers; its lists are those of its start. */
export interface CodexThread {
  /** How each server's start ended: `ready` or `failed`. */
  readonly starts: Readonly<Record<string, string>>;
  call(server: string, tool: string, input: Readonly<Record<string, unknown>>): Promise<CodexAnswer>;
}

/** A running app server. To whatever it asks the person, the answer is that they went away. */
export interface Codex {
  /** Methods of what it asked the person, oldest first. */
  readonly questions: readonly string[];
  startThread(): Promise<CodexThread>;
  /** The tools of each server, listed over a connection of their own. */
  tools(): Promise<Readonly<Record<string, readonly string[]>>>;
  end(): Promise<void>;
}

/** Codex' folder below the home folder, and its configuration in it. */
export const CODEX_FOLDER = '.codex';
export const CONFIGURATION_FILE = 'config.toml';

/** Any request takes well under a second on an idle machine; in milliseconds, for a busy one. */
const REQUEST_LIMIT_MS = 60_000;

/** All of one test; in milliseconds. */
const CODEX_LIMIT_MS = 5 * 60_000;

/** How often we look whether a thread's servers have started, in milliseconds. */
const START_POLL_MS = 20;

const answerSchema = z.object({
  id: z.number(),
  method: z.undefined().optional(),
  result: z.unknown().optional(),
  error: z.looseObject({ message: z.string() }).optional(),
});

const questionSchema = z.looseObject({ id: z.union([z.number(), z.string()]), method: z.string() });

const startSchema = z.object({
  method: z.literal('mcpServer/startupStatus/updated'),
  params: z.looseObject({ threadId: z.string(), name: z.string(), status: z.string() }),
});

const threadSchema = z.looseObject({ thread: z.looseObject({ id: z.string() }) });

const resultSchema = z.looseObject({
  content: z.array(z.looseObject({ text: z.string().optional() })),
  isError: z.boolean().nullish(),
});

const toolsSchema = z.looseObject({
  data: z.array(z.looseObject({ name: z.string(), tools: z.record(z.string(), z.unknown()) })),
});

/** Writes the configuration into the person's home and starts an app server. */
export async function startCodex(sandbox: Sandbox, entries: Readonly<Record<string, CodexEntry>>): Promise<Codex> {
  const folder = join(sandbox.home, CODEX_FOLDER);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, CONFIGURATION_FILE), configuration(entries), { mode: 0o600 });
  return openCodex(sandbox, Object.keys(entries));
}

/** Starts an app server with the configuration that the person has; `names` are those of its servers. */
export async function openCodex(sandbox: Sandbox, names: readonly string[]): Promise<Codex> {
  const child = startChild(codexProgram(), ['app-server'], {
    cwd: sandbox.project,
    env: sandbox.env,
    timeLimitMs: CODEX_LIMIT_MS,
    isTalkedTo: true,
  });
  const questions: string[] = [];
  const waiting = new Map<number, (answer: z.infer<typeof answerSchema>) => void>();
  const starts = new Map<string, Record<string, string>>();
  let requests = 0;

  child.onLine((line) => {
    const message: unknown = JSON.parse(line);
    const asked = questionSchema.safeParse(message).data;
    if (asked) {
      questions.push(asked.method);
      return child.say(JSON.stringify({ id: asked.id, result: { action: 'cancel', content: null } }));
    }
    const answer = answerSchema.safeParse(message).data;
    if (answer) return waiting.get(answer.id)?.(answer);
    const start = startSchema.safeParse(message).data;
    if (!start) return;
    const { threadId, name, status } = start.params;
    starts.set(threadId, { ...starts.get(threadId), [name]: status });
  });

  const ask = async (method: string, params: object) => {
    requests += 1;
    const id = requests;
    let limit: NodeJS.Timeout | undefined;
    try {
      return await new Promise<z.infer<typeof answerSchema>>((resolve, reject) => {
        waiting.set(id, resolve);
        child.ended.then(() => reject(new Error(`Codex ended: ${child.stderr()}`)), reject);
        const late = () => reject(new Error(`No answer to ${method} in ${REQUEST_LIMIT_MS} ms\n${child.stderr()}`));
        limit = setTimeout(late, REQUEST_LIMIT_MS);
        child.say(JSON.stringify({ id, method, params }));
      });
    } finally {
      clearTimeout(limit);
      waiting.delete(id);
    }
  };
  const need = async (method: string, params: object): Promise<unknown> => {
    const { result, error } = await ask(method, params);
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  };
  const allStarted = async (thread: string) => {
    const isOver = (status: string | undefined) => status === 'ready' || status === 'failed';
    for (const until = Date.now() + REQUEST_LIMIT_MS; Date.now() < until; await delay(START_POLL_MS)) {
      const known = starts.get(thread) ?? {};
      if (names.every((name) => isOver(known[name]))) return known;
    }
    throw new Error(`Servers do not start: ${JSON.stringify(starts.get(thread))}\n${child.stderr()}`);
  };

  const clientInfo = { name: 'lanyard-test', version: '0.0.0' };
  await need('initialize', { clientInfo, capabilities: { experimentalApi: true } });
  child.say(JSON.stringify({ method: 'initialized' }));
  return {
    questions,
    startThread: async () => {
      const { thread } = threadSchema.parse(await need('thread/start', { cwd: sandbox.project }));
      const started = await allStarted(thread.id);
      return {
        starts: started,
        call: async (server, tool, input) => {
          const call = { threadId: thread.id, server, tool, arguments: input };
          const { result, error } = await ask('mcpServer/tool/call', call);
          if (error) return { kind: 'error', message: error.message };
          const { content, isError } = resultSchema.parse(result);
          return { kind: 'result', texts: content.flatMap(({ text }) => text ?? []), isError: isError === true };
        },
      };
    },
    tools: async () => {
      const { data } = toolsSchema.parse(await need('mcpServerStatus/list', {}));
      return Object.fromEntries(data.map(({ name, tools }) => [name, Object.keys(tools)]));
    },
    end: () => child.end(),
  };
}

/** The installed version. */
export function codexVersion(): string {
  const file = join(CLIENTS_FOLDER, 'node_modules', '@openai', 'codex', 'package.json');
  return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(file, 'utf8'))).version;
}

/** TOML's basic strings and arrays of them are written as in JSON, as long as they hold no character beyond ASCII. */
function configuration(entries: Readonly<Record<string, CodexEntry>>): string {
  const lines = Object.entries(entries).flatMap(([name, entry]) => [
    `[mcp_servers.${JSON.stringify(name)}]`,
    ...('url' in entry
      ? [`url = ${JSON.stringify(entry.url)}`, headersOf(entry)]
      : [`command = ${JSON.stringify(entry.command)}`, `args = ${JSON.stringify(entry.args)}`]),
  ]);
  return `${lines.join('\n')}\n`;
}

function headersOf(entry: Extract<CodexEntry, { readonly url: string }>): string {
  if ('headers' in entry) return `http_headers = { ${pairs(entry.headers)} }`;
  return `http_headers_helper = ${JSON.stringify(entry.headersHelper)}`;
}

function pairs(headers: Readonly<Record<string, string>>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${JSON.stringify(name)} = ${JSON.stringify(value)}`)
    .join(', ');
}

/** How Rust names the systems, as in the folders of Codex' packages. */
const TARGETS: Readonly<Record<string, string>> = {
  'linux-x64': 'x86_64-unknown-linux-musl',
  'linux-arm64': 'aarch64-unknown-linux-musl',
  'darwin-x64': 'x86_64-apple-darwin',
  'darwin-arm64': 'aarch64-apple-darwin',
  'win32-x64': 'x86_64-pc-windows-msvc',
  'win32-arm64': 'aarch64-pc-windows-msvc',
};

/** The native program itself: the package's launcher would need a Node on the path. */
function codexProgram(): string {
  const platform = `${process.platform}-${process.arch}`;
  const program = process.platform === 'win32' ? 'codex.exe' : 'codex';
  const folder = join(CLIENTS_FOLDER, 'node_modules', '@openai', `codex-${platform}`);
  const path = join(folder, 'vendor', TARGETS[platform] ?? platform, 'bin', program);
  if (!existsSync(path)) throw new Error(`Codex has no program for ${platform} at ${path}`);
  return path;
}
