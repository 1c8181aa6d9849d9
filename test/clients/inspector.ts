import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Ended, runChild } from './children.ts';
import { CLIENTS_FOLDER } from './folder.ts';
import type { Sandbox } from './sandbox.ts';

/** Which of the protocol's two eras the Inspector starts with. */
export type ProtocolEra = 'legacy' | 'modern';

/** Where the Inspector finds the server. */
export type InspectorTarget =
  /** The header is written as `Name: value`. */
  { readonly url: string; readonly header: string } | { readonly command: string; readonly args: readonly string[] };

/** One tool call. */
export type InspectorCall = InspectorTarget & {
  readonly era: ProtocolEra;
  readonly tool: string;
  readonly argument: { readonly name: string; readonly value: string };
};

/** How the call went: the texts of the result, or the error that the Inspector printed. */
export type InspectorAnswer =
  | { readonly kind: 'result'; readonly texts: readonly string[] }
  | { readonly kind: 'error'; readonly code: string; readonly status: number | undefined; readonly output: string };

/** A call takes about a second on an idle machine; in milliseconds, for a busy one. */
const INSPECTOR_LIMIT_MS = 90_000;

const packageSchema = z.object({ version: z.string(), bin: z.object({ 'mcp-inspector': z.string() }) });

const resultSchema = z.object({
  result: z.object({ content: z.array(z.looseObject({ text: z.string().optional() })) }),
});

const listSchema = z.object({ result: z.object({ tools: z.array(z.looseObject({ name: z.string() })) }) });

const errorSchema = z.object({ error: z.object({ code: z.string(), status: z.number().optional() }) });

/** `mcp-inspector --cli … --method tools/call`. Rejects where it printed neither a result nor an error. */
export async function callByInspector(sandbox: Sandbox, call: InspectorCall): Promise<InspectorAnswer> {
  const { stdout, stderr } = await inspector(sandbox, [
    ...targetArguments(call),
    ...['--protocol-era', call.era, '--method', 'tools/call', '--tool-name', call.tool],
    ...['--tool-arg', `${call.argument.name}=${call.argument.value}`, '--format', 'json'],
  ]);
  const result = lastJson(stdout, resultSchema);
  if (result) return { kind: 'result', texts: result.result.content.flatMap(({ text }) => text ?? []) };
  const failure = lastJson(stderr, errorSchema);
  if (!failure) throw new Error(`The Inspector printed no answer\n--- stdout\n${stdout}\n--- stderr\n${stderr}`);
  return { kind: 'error', code: failure.error.code, status: failure.error.status, output: stderr };
}

/** `mcp-inspector --cli … --method tools/list`: the names. Rejects where there is no list. */
export async function toolsByInspector(
  sandbox: Sandbox,
  target: InspectorTarget,
  era: ProtocolEra,
): Promise<readonly string[]> {
  const args = [...targetArguments(target), '--protocol-era', era, '--method', 'tools/list', '--format', 'json'];
  const { stdout, stderr } = await inspector(sandbox, args);
  const list = lastJson(stdout, listSchema);
  if (!list) throw new Error(`The Inspector printed no list\n--- stdout\n${stdout}\n--- stderr\n${stderr}`);
  return list.result.tools.map(({ name }) => name);
}

/** The installed version. */
export function inspectorVersion(): string {
  return inspectorPackage().version;
}

function targetArguments(target: InspectorTarget): readonly string[] {
  return 'url' in target
    ? ['--cli', target.url, '--transport', 'http', '--header', target.header]
    : ['--cli', target.command, ...target.args];
}

function inspector(sandbox: Sandbox, args: readonly string[]): Promise<Ended> {
  const program = join(inspectorFolder(), inspectorPackage().bin['mcp-inspector']);
  const options = { cwd: sandbox.project, env: sandbox.env, timeLimitMs: INSPECTOR_LIMIT_MS };
  return runChild(process.execPath, [program, ...args], options);
}

function inspectorFolder(): string {
  return join(CLIENTS_FOLDER, 'node_modules', '@modelcontextprotocol', 'inspector');
}

function inspectorPackage(): z.infer<typeof packageSchema> {
  return packageSchema.parse(JSON.parse(readFileSync(join(inspectorFolder(), 'package.json'), 'utf8')));
}

/** The last line that is JSON of this shape: warnings may stand before it. */
function lastJson<T>(output: string, schema: z.ZodType<T>): T | undefined {
  for (const line of output.trim().split('\n').reverse()) {
    try {
      const parsed = schema.safeParse(JSON.parse(line));
      if (parsed.success) return parsed.data;
    } catch {
      // Not JSON: a sentence for people.
    }
  }
  return undefined;
}
