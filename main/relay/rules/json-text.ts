// Where things stand in a JSON text. All of these take a text that JSON.parse has accepted, and go through it without
// recursion, so that neither its depth nor its length costs more than one pass.

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const BLANK = 0x20;

/** A part of a text: offsets in characters, `end` behind its last one. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** The value of an object's member. */
export interface MemberRange extends Range {
  readonly key: string;
}

/** What {@link inspectKeys} finds. */
export type KeyFinding = 'fine' | 'repeated' | 'too-deep' | 'too-many';

/** How far {@link inspectKeys} goes. */
export interface KeyLimits {
  /** Objects and lists within each other. Parsers give up at different depths, or crash. */
  readonly depth: number;
  /** Keys of all objects that are open at once: each of them is held. */
  readonly keys: number;
}

function endOfString(text: string, start: number): number {
  let quote = text.indexOf('"', start + 1);
  while (quote >= 0) {
    let backslashes = 0;
    while (text.charCodeAt(quote - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return quote + 1;
    quote = text.indexOf('"', quote + 1);
  }
  return text.length;
}

function readString(text: string, start: number, end: number): string {
  const raw = text.slice(start + 1, end - 1);
  return raw.includes('\\') ? (JSON.parse(text.slice(start, end)) as string) : raw;
}

// JSON has no white space above the blank, and nothing else below it outside of strings.
function skipBlanks(text: string, start: number): number {
  let at = start;
  while (at < text.length && text.charCodeAt(at) <= BLANK) at += 1;
  return at;
}

function endOfValue(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; ) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at);
      if (depth === 0) return at;
      continue;
    }
    const isEnd = code === CLOSE_LIST || code === CLOSE_OBJECT;
    if (depth === 0 && (isEnd || code === COMMA || code <= BLANK)) return at;
    at += 1;
    if (code === OPEN_LIST || code === OPEN_OBJECT) depth += 1;
    else if (isEnd) {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return text.length;
}

/** Most keys that are looked through one by one: for so few a set costs more than it saves. */
const FEW_KEYS = 8;

interface OpenObject {
  readonly few: string[];
  many?: Set<string>;
}

/** Adds a key; `false` where it is there already. */
function take(object: OpenObject, key: string): boolean {
  const { few, many } = object;
  if (few.includes(key) || many?.has(key)) return false;
  if (few.length < FEW_KEYS) few.push(key);
  else if (many) many.add(key);
  else object.many = new Set([key]);
  return true;
}

function sizeOf(object: OpenObject | undefined): number {
  return object ? object.few.length + (object.many?.size ?? 0) : 0;
}

/**
 * Whether any object of the text has a key twice, also where one of them is written with escapes: which one counts
 * depends on the parser.
 */
export function inspectKeys(text: string, limits: KeyLimits): KeyFinding {
  // One entry for each open object or list; a list has no keys.
  const open: (OpenObject | undefined)[] = [];
  let held = 0;
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = endOfString(text, at);
      const keys = open.at(-1);
      const next = keys ? skipBlanks(text, end) : end;
      if (keys && text[next] === ':') {
        const key = readString(text, at, end);
        if (!take(keys, key)) return 'repeated';
        held += 1;
        if (held > limits.keys) return 'too-many';
      }
      at = next;
      continue;
    }
    if (code === OPEN_OBJECT || code === OPEN_LIST) {
      if (open.length === limits.depth) return 'too-deep';
      open.push(code === OPEN_OBJECT ? { few: [] } : undefined);
    } else if (code === CLOSE_OBJECT || code === CLOSE_LIST) held -= sizeOf(open.pop());
    at += 1;
  }
  return 'fine';
}

/** The elements of the list at `start`; none where something else stands there. */
export function elementsOf(text: string, start: number): Range[] {
  const elements: Range[] = [];
  let at = skipBlanks(text, start);
  if (text.charCodeAt(at) !== OPEN_LIST) return elements;
  at = skipBlanks(text, at + 1);
  while (at < text.length && text.charCodeAt(at) !== CLOSE_LIST) {
    const end = endOfValue(text, at);
    elements.push({ start: at, end });
    at = skipBlanks(text, end);
    if (text.charCodeAt(at) === COMMA) at = skipBlanks(text, at + 1);
  }
  return elements;
}

/** The members of the object at `start`; none where something else stands there. */
export function membersOf(text: string, start: number): MemberRange[] {
  const members: MemberRange[] = [];
  let at = skipBlanks(text, start);
  if (text.charCodeAt(at) !== OPEN_OBJECT) return members;
  at = skipBlanks(text, at + 1);
  while (at < text.length && text.charCodeAt(at) === QUOTE) {
    const endOfKey = endOfString(text, at);
    const key = readString(text, at, endOfKey);
    const value = skipBlanks(text, skipBlanks(text, endOfKey) + 1);
    const end = endOfValue(text, value);
    members.push({ key, start: value, end });
    at = skipBlanks(text, end);
    if (text.charCodeAt(at) === COMMA) at = skipBlanks(text, at + 1);
  }
  return members;
}
