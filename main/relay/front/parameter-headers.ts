import { HEADER_MISMATCH, type Members, memberOf, type Outcome, refused } from '../mcp/rpc.ts';
import { decodeHeaderValue } from './header-value.ts';

/** How deep in a schema an annotation is looked for. */
const DEPTH_LIMIT = 16;

/** RFC 9110 section 5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

const DECIMAL = /^-?\d+(\.\d+)?$/;

/** An argument of a tool that a header repeats. */
export interface HeaderArgument {
  readonly path: readonly string[];
  /** What follows `mcp-param-`, in small letters. */
  readonly header: string;
}

/**
 * The arguments of a tool with `x-mcp-header`, by its input schema. What is not annotated as the specification wants it
 * is not looked at: clients drop such a tool (MCP 2026-07-28, basic/transports/streamable-http, SEP-2243).
 */
export function headerArguments(schema: unknown, path: readonly string[] = []): readonly HeaderArgument[] {
  const properties = memberOf(schema, 'properties');
  if (typeof properties !== 'object' || properties === null || path.length >= DEPTH_LIMIT) return [];
  return Object.entries(properties as Members).flatMap(([name, property]) => {
    const header = memberOf(property, 'x-mcp-header');
    const here = [...path, name];
    const own = typeof header === 'string' && TOKEN.test(header) ? [{ path: here, header: header.toLowerCase() }] : [];
    return [...own, ...headerArguments(property, here)];
  });
}

// As the specification turns values into text; what has no text of its own is in no header.
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? undefined : String(value);
}

function isSame(header: string, value: unknown, text: string): boolean {
  return header === text || (typeof value === 'number' && DECIMAL.test(header) && Number(header) === value);
}

/** What the `Mcp-Param-` headers of a call lack or have wrong; `undefined` where they are right. */
export function parameterHeaderFault(
  expected: readonly HeaderArgument[],
  args: unknown,
  headerOf: (name: string) => string | undefined,
): Outcome | undefined {
  for (const { path, header } of expected) {
    const value = path.reduce<unknown>((node, name) => memberOf(node, name), args);
    const text = textOf(value);
    if (text === undefined) continue;
    const given = headerOf(`mcp-param-${header}`);
    const decoded = given === undefined ? undefined : decodeHeaderValue(given);
    if (decoded !== undefined && isSame(decoded, value, text)) continue;
    const what = given === undefined ? 'is missing' : decoded === undefined ? 'is not in the base64 form' : 'differs';
    return refused(HEADER_MISMATCH, `The headers say something else than the body: Mcp-Param-${header} ${what}.`);
  }
  return undefined;
}
