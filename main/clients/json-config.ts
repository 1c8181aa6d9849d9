import { readFile, realpath, rm, stat } from 'node:fs/promises';
import { applyEdits, modify, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import { LanyardError } from '../../shared/errors.ts';
import { writeDurably } from '../vault/durable-file.ts';
import { type Entry, isOwnEntry } from './entries.ts';

/** Largest configuration file that is edited, in bytes: Claude Code keeps its history in the same file. */
const FILE_LIMIT_BYTES = 64 * 1024 * 1024;

const SECTION = 'mcpServers';

interface Document {
  /** Where the file really is; a link is followed, not replaced. */
  readonly path: string;
  readonly text: string;
  readonly mode: number;
}

function problem(path: string, detail: string, cause?: unknown): LanyardError {
  return new LanyardError({
    code: 'client-file',
    user: `The file ${path} cannot be edited: ${detail}. It was left as it is.`,
    administrator: `${path}: ${detail}. It was left as it is.`,
    cause,
  });
}

async function readDocument(path: string): Promise<Document | undefined> {
  try {
    const real = await realpath(path);
    const { mode, size } = await stat(real);
    if (size > FILE_LIMIT_BYTES) throw problem(path, 'it is too large');
    return { path: real, text: await readFile(real, 'utf8'), mode: mode & 0o777 };
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cause instanceof LanyardError ? cause : problem(path, 'it cannot be read', cause);
  }
}

function names(text: string, path: string): readonly string[] {
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { allowTrailingComma: true });
  const first = errors[0];
  if (first) {
    const before = text.slice(0, first.offset).split('\n');
    throw problem(
      path,
      `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1} is not JSON (${printParseErrorCode(first.error)})`,
    );
  }
  if (tree?.type !== 'object') throw problem(path, 'it is not a JSON object');
  const section = tree.children?.find((property) => property.children?.[0]?.value === SECTION)?.children?.[1];
  if (section && section.type !== 'object') throw problem(path, `its "${SECTION}" is not an object`);
  return (section?.children ?? []).map((property) => String(property.children?.[0]?.value));
}

function indentationOf(text: string): { insertSpaces: boolean; tabSize: number; eol: string } {
  const indent = /\n([ \t]+)"/.exec(text)?.[1] ?? '  ';
  return { insertSpaces: !indent.startsWith('\t'), tabSize: indent.length, eol: text.includes('\r\n') ? '\r\n' : '\n' };
}

function set(text: string, keys: readonly string[], value: unknown): string {
  return applyEdits(text, modify(text, [...keys], value, { formattingOptions: indentationOf(text) }));
}

/** What was changed, and what has to be known to take it back. */
export interface EditedFile {
  readonly file: string;
  readonly entries: readonly string[];
}

/**
 * Puts `entries` into the `mcpServers` of a JSON file in place of those of ours that are there. Only our own entries
 * are touched: formatting, order, comments and everything else stay. A new file is private (0600), since an entry
 * holds the local key; an existing one keeps its mode but loses the rights of others for the same reason.
 *
 * @throws {LanyardError} `client-file`; the file is then as it was.
 */
export async function writeEntries(path: string, entries: Readonly<Record<string, Entry>>): Promise<EditedFile> {
  const document = (await readDocument(path)) ?? { path, text: '{}\n', mode: 0o600 };
  const cleared = clear(document.text, path);
  const text = Object.entries(entries).reduce((edited, [name, entry]) => set(edited, [SECTION, name], entry), cleared);
  await writeDurably(document.path, text, document.mode & 0o700);
  return { file: path, entries: Object.keys(entries) };
}

function clear(text: string, path: string): string {
  const present = names(text, path);
  const own = present.filter(isOwnEntry);
  if (own.length === 0) return text;
  // A section that holds nothing else goes as a whole, as it came.
  if (own.length === present.length) return set(text, [SECTION], undefined);
  return own.reduce((edited, name) => set(edited, [SECTION, name], undefined), text);
}

/**
 * Takes our entries out of a JSON file. A file that then holds nothing at all is removed; one that is gone already
 * is fine.
 *
 * @throws {LanyardError} `client-file`; the file is then as it was.
 */
export async function removeEntries(path: string): Promise<void> {
  const document = await readDocument(path);
  if (!document) return;
  const text = clear(document.text, path);
  if (text === document.text) return;
  if (/^\s*\{\s*\}\s*$/.test(text)) await rm(document.path);
  else await writeDurably(document.path, text, document.mode);
}
