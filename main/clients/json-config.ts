import { isUtf8 } from 'node:buffer';
import { readFile, realpath, rm, stat } from 'node:fs/promises';
import {
  applyEdits,
  findNodeAtLocation,
  modify,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';
import { LanyardError } from '../../shared/errors.ts';
import { writeDurably } from '../vault/durable-file.ts';
import { type Entry, isOwnEntry } from './entries.ts';
import { insertEntries } from './json-insert.ts';

/** Largest configuration file that is edited, in bytes: Claude Code keeps its history in the same file. */
const FILE_LIMIT_BYTES = 64 * 1024 * 1024;

const SECTION = 'mcpServers';
const BYTE_ORDER_MARK = '\ufeff';

interface Document {
  /** Where the file really is; a link is followed, not replaced. */
  readonly path: string;
  /** A byte order mark, as some Windows editors leave one; not JSON, but not ours to remove. */
  readonly mark: string;
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
    const bytes = await readFile(real);
    // Bytes that are no letters would not come back out as they were.
    if (!isUtf8(bytes)) throw problem(path, 'it is not UTF-8');
    const text = bytes.toString('utf8');
    const mark = text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : '';
    return { path: real, mark, text: text.slice(mark.length), mode: mode & 0o777 };
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cause instanceof LanyardError ? cause : problem(path, 'it cannot be read', cause);
  }
}

async function replace(path: string, { path: real, mark, mode }: Document, text: string): Promise<void> {
  try {
    await writeDurably(real, `${mark}${text}`, mode);
  } catch (cause) {
    throw problem(path, 'it cannot be written', cause);
  }
}

/** The `mcpServers` of a file; `undefined` where it has none. */
function sectionOf(text: string, path: string): Node | undefined {
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
  const section = findNodeAtLocation(tree, [SECTION]);
  if (section && section.type !== 'object') throw problem(path, `its "${SECTION}" is not an object`);
  return section;
}

function names(text: string, path: string): readonly string[] {
  return (sectionOf(text, path)?.children ?? []).map((property) => String(property.children?.[0]?.value));
}

/** What had to be made for our entries; exactly that goes away with them. */
export type Made = 'file' | 'section' | 'nothing';

/** What was changed, and what has to be known to take it back. */
export interface EditedFile {
  readonly entries: readonly string[];
  readonly made: Made;
}

// No formatting options: with them jsonc-parser lays out neighbours anew, which are not ours to touch.
function remove(text: string, keys: readonly string[]): string {
  return applyEdits(text, modify(text, [...keys], undefined, {}));
}

// An object that we spread over lines to fill it goes back to the form it most likely had.
function collapse(text: string, object: Node | undefined): string {
  if (!object) return text;
  const end = object.offset + object.length;
  const isBlank = /^\{\s*\}$/.test(text.slice(object.offset, end));
  return isBlank ? `${text.slice(0, object.offset)}{}${text.slice(end)}` : text;
}

function clear(text: string, path: string, made: Made): string {
  const present = names(text, path);
  const own = present.filter(isOwnEntry);
  if (own.length > 0 && own.length === present.length && made !== 'nothing') {
    const rest = remove(text, [SECTION]);
    return collapse(rest, parseTree(rest));
  }
  const cleared = own.reduce((edited, name) => remove(edited, [SECTION, name]), text);
  return own.length > 0 && own.length === present.length ? collapse(cleared, sectionOf(cleared, path)) : cleared;
}

/**
 * Puts `entries` into the `mcpServers` of a JSON file in place of those of ours that are there. Only our own entries
 * are touched: formatting, order, comments and everything else stay. A new file is private (0600), since an entry
 * holds the local key; an existing one keeps its mode but loses the rights of others for the same reason.
 *
 * @param before what was made by an earlier call for the same file.
 * @throws {LanyardError} `client-file`; the file is then as it was.
 */
export async function writeEntries(
  path: string,
  entries: Readonly<Record<string, Entry>>,
  before: Made = 'nothing',
): Promise<EditedFile> {
  const found = await readDocument(path);
  const document = found ?? { path, mark: '', text: '{}\n', mode: 0o600 };
  const cleared = clear(document.text, path, before);
  const section = sectionOf(cleared, path);
  const written = insertEntries(cleared, SECTION, entries);
  await replace(path, { ...document, mode: document.mode & 0o700 }, written);
  const made = before !== 'nothing' ? before : !found ? 'file' : section ? 'nothing' : 'section';
  return { entries: Object.keys(entries), made };
}

/**
 * Takes our entries out of a JSON file, and what was made for them: section, or file if it then holds nothing else.
 * A file that is gone already is fine.
 *
 * @throws {LanyardError} `client-file`; the file is then as it was.
 */
export async function removeEntries(path: string, made: Made): Promise<void> {
  const document = await readDocument(path);
  if (!document) return;
  const text = clear(document.text, path, made);
  if (text === document.text) return;
  if (made === 'file' && /^\s*\{\s*\}\s*$/.test(text)) await rm(document.path);
  else await replace(path, document, text);
}
