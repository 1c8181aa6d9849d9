import type { ListedTool } from '../lists/server-lists.ts';
import { encodeHeaderValue } from '../message.ts';
import { type Members, memberOf } from './rpc.ts';

/** Key of a tool's `inputSchema` that names a header (MCP 2026-07-28, basic/transports, "Schema Extension"). */
const ANNOTATION = 'x-mcp-header';

/** Deeper schemas are not walked, in levels: a schema comes from outside, and no argument lies that deep. */
const DEPTH_LIMIT = 64;

/** A header name is a token (RFC 9110 section 5.6.2). */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** `number` is not among them: its text is not the same everywhere. */
const PERMITTED_TYPES: ReadonlySet<unknown> = new Set(['string', 'integer', 'boolean']);

/** An argument of a tool that a header repeats. */
export interface HeaderArgument {
  /** What follows `Mcp-Param-`, as the tool spells it. */
  readonly header: string;
  /** Names of members, from the arguments down to it. */
  readonly path: readonly string[];
}

type Scan = { readonly valid: boolean; readonly declarations: readonly HeaderArgument[] };

const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Members of a schema that hold data and no schemas; what is called `x-mcp-header` there is no annotation. */
const DATA_KEYWORDS: ReadonlySet<string> = new Set(['const', 'default', 'enum', 'example', 'examples', 'required']);

/** Keywords whose value maps names to schemas, so that the names are no keywords themselves. */
const NAMED_SCHEMAS: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  'dependentSchemas',
  '$defs',
  'definitions',
]);

// An annotation counts only where a chain of `properties` leads to it; anywhere else it makes the tool invalid.
function walk(node: unknown, path: readonly string[] | undefined, depth: number, found: HeaderArgument[]): boolean {
  if (depth > DEPTH_LIMIT) return false;
  if (Array.isArray(node)) return node.every((item) => walk(item, undefined, depth + 1, found));
  if (!isObject(node)) return true;
  if (Object.hasOwn(node, ANNOTATION)) {
    const header = node[ANNOTATION];
    const isWellPlaced = path !== undefined && path.length > 0 && PERMITTED_TYPES.has(memberOf(node, 'type'));
    if (!isWellPlaced || typeof header !== 'string' || !TOKEN.test(header)) return false;
    found.push({ header, path });
  }
  return Object.entries(node).every(([keyword, value]) => {
    if (keyword === ANNOTATION || DATA_KEYWORDS.has(keyword)) return true;
    if (!NAMED_SCHEMAS.has(keyword) || !isObject(value)) return walk(value, undefined, depth + 1, found);
    return Object.entries(value).every(([name, schema]) =>
      walk(schema, keyword === 'properties' && path ? [...path, name] : undefined, depth + 1, found),
    );
  });
}

function scan(tool: ListedTool): Scan {
  const declarations: HeaderArgument[] = [];
  const names = () => new Set(declarations.map(({ header }) => header.toLowerCase()));
  const valid = walk(memberOf(tool, 'inputSchema'), [], 0, declarations) && names().size === declarations.length;
  return { valid, declarations };
}

/** The text of an argument in a header; `undefined` where it has none, and no header says it. */
export function headerTextOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  // Beyond 2^53 the number that we read is no longer the one that was written.
  const isExact = Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
  return isExact ? String(value) : undefined;
}

/** What calls of this tool repeat in headers: nothing where its annotations are invalid, as clients drop it. */
export function headerArguments(tool: ListedTool): readonly HeaderArgument[] {
  const { valid, declarations } = scan(tool);
  return valid ? declarations : [];
}

/** The argument that such a header repeats. */
export function argumentAt(args: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => memberOf(value, name), args);
}

/**
 * The `Mcp-Param-*` headers of a `tools/call`, names and values in turn (MCP 2026-07-28, basic/transports): one for
 * each argument that the tool's schema annotates with `x-mcp-header`, unless it is absent or `null`. Values that a
 * header cannot hold go in the base64 form. None for an unknown tool or one whose annotations are invalid.
 */
export function paramHeaders(tool: ListedTool | undefined, args: unknown): string[] {
  if (!tool) return [];
  return headerArguments(tool).flatMap(({ header, path }) => {
    const text = headerTextOf(argumentAt(args, path));
    return text === undefined ? [] : [`Mcp-Param-${header}`, encodeHeaderValue(text)];
  });
}

/**
 * Whether a tool's `x-mcp-header` annotations keep to the rules: a token, unique without regard to case, on a string,
 * integer or boolean that a chain of `properties` leads to. A tool that breaks one must be left out of every list.
 */
export function hasValidParamHeaders(tool: ListedTool): boolean {
  return scan(tool).valid;
}
