import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type ParseError, parse as parseJson } from 'jsonc-parser';
import { getStaticTOMLValue, parseTOML } from 'toml-eslint-parser';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { APP_KINDS, type AppKind } from '../../../shared/client-kinds.ts';

// Apps' files as people have them, and what they mean, read by the libraries alone.

/** The systems whose tables of paths are tried, on whichever one this is. */
export const PLATFORMS: readonly NodeJS.Platform[] = ['darwin', 'win32', 'linux'];

/** The key that an app's entries stand below. */
export const SECTIONS: Readonly<Record<AppKind, string>> = {
  ...(Object.fromEntries(APP_KINDS.map((kind) => [kind, 'mcpServers'])) as Record<AppKind, string>),
  vscode: 'servers',
  'vscode-insiders': 'servers',
  zed: 'context_servers',
  codex: 'mcp_servers',
  goose: 'extensions',
  opencode: 'mcp',
  amp: 'amp.mcpServers',
};

function formatOf(kind: AppKind): 'json' | 'toml' | 'yaml' {
  return kind === 'codex' ? 'toml' : kind === 'goose' ? 'yaml' : 'json';
}

/** A file with an entry of somebody else's, comments, and spaces that nobody else would leave. */
export function handWritten(kind: AppKind): string {
  const section = SECTIONS[kind];
  switch (formatOf(kind)) {
    case 'toml':
      return `# mine\nmodel  = "o9"   # keep\n\n[${section}.theirs]\ncommand = "t"\nargs = [ "x" ]\n\n[tui]\ntheme="dark"\n`;
    case 'yaml':
      return `# mine\nGOOSE_MODEL:   o9\n${section}:\n  theirs: # keep\n    cmd: t\n    enabled: true\n    type: stdio\nlast: [1,  2]\n`;
    case 'json':
      return `{\n\t// mine\n\t"a" : [1,  2],\n\t"${section}": {\n\t\t"theirs": {"command": "t" }\n\t},\n\t"z": null\n}`;
  }
}

/** A file that its own app could not read either, and where it breaks off. */
export function broken(kind: AppKind): { readonly text: string; readonly place: RegExp } {
  switch (formatOf(kind)) {
    case 'toml':
      return { text: 'model = "o9"\nbroken here\n', place: /line 2, column \d+/ };
    case 'yaml':
      return { text: 'a: 1\nb: [1, 2\nc: 3\n', place: /line \d, column \d+/ };
    case 'json':
      return { text: '{\n  "a": 1,\n  "b": oops\n}\n', place: /line 3, column 8/ };
  }
}

/** Puts a file where an app has it. */
export function putFile(file: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text, { mode });
}

const entriesSchema = z.record(z.string(), z.record(z.string(), z.unknown()));

/** The entries of an app's file, everybody's. */
export function entriesIn(file: string, kind: AppKind): z.infer<typeof entriesSchema> {
  const text = readFileSync(file, 'utf8');
  const errors: ParseError[] = [];
  const read = {
    json: () => parseJson(text, errors, { allowTrailingComma: true }) as unknown,
    toml: () => getStaticTOMLValue(parseTOML(text)) as unknown,
    yaml: () => parseYaml(text) as unknown,
  };
  const document = z.record(z.string(), z.unknown()).parse(read[formatOf(kind)]());
  if (errors.length > 0) throw new Error(`${file} is not JSON`);
  return entriesSchema.parse(document[SECTIONS[kind]] ?? {});
}

/** The local key in a file; empty where there is none. */
export function keyIn(file: string): string {
  return /lk_[\w-]{20,}/.exec(readFileSync(file, 'utf8'))?.[0] ?? '';
}
