import { decodeHeaderValue } from '../mcp/header-value.ts';
import { HEADER_MISMATCH, INVALID_REQUEST, METHOD_NOT_FOUND, memberOf, type RequestId } from '../mcp/rpc.ts';
import type { RuledHeaders } from './ruled-headers.ts';
import type { ToolVerdict } from './tool-rules.ts';

// One message of a client, read as every server must read it. What two parsers may understand differently is refused:
// who gets to choose between two readings chooses the one that was not judged.

/** Methods and keys are ASCII without blanks in every revision. */
const PLAIN = /^[\x21-\x7e]{1,256}$/;

/** Spellings by their lower case. */
type Spellings = ReadonlyMap<string, string>;

const spellings = (...keys: readonly string[]): Spellings => new Map(keys.map((key) => [key.toLowerCase(), key]));

/**
 * Members with a meaning (JSON-RPC 2.0 sections 4 and 5). Some parsers, as those of Go and .NET, take a key in any case.
 */
const MESSAGE_KEYS: Spellings = spellings('jsonrpc', 'id', 'method', 'params', 'result', 'error');
const CALL_KEYS: Spellings = spellings('name', 'arguments', 'task', '_meta', 'inputResponses', 'requestState');

/** As an own member it becomes the prototype wherever a program copies members one by one. */
const PROTOTYPE = '__proto__';

/** What a message comes to. */
export type MessageVerdict =
  | { readonly kind: 'pass' }
  | { readonly kind: 'refused'; readonly tool: string; readonly verdict: ToolVerdict & { readonly allowed: false } }
  /** `mismatch`: headers say something else than the body; `method`: there is no such method; `malformed`: anything else. */
  | { readonly kind: 'mismatch' | 'method' | 'malformed'; readonly sentence: string };

/** A message that is not taken, see {@link MessageVerdict}. */
export type NotTaken = MessageVerdict & { readonly kind: 'mismatch' | 'method' | 'malformed' };

const CODES: Readonly<Record<NotTaken['kind'], number>> = {
  mismatch: HEADER_MISMATCH,
  method: METHOD_NOT_FOUND,
  malformed: INVALID_REQUEST,
};

/** The JSON-RPC error code for a message that is not taken. */
export function codeOf({ kind }: NotTaken): number {
  return CODES[kind];
}

const PASS: MessageVerdict = { kind: 'pass' };

const malformed = (sentence: string): MessageVerdict => ({ kind: 'malformed', sentence });

type Members = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// Two keys that differ in case alone are one key to some parsers.
function areKeysPlain(members: Members, known: Spellings): boolean {
  const folded = new Set<string>();
  return Object.keys(members).every((key) => {
    const lower = key.toLowerCase();
    if (!PLAIN.test(key) || key === PROTOTYPE || folded.has(lower)) return false;
    folded.add(lower);
    return (known.get(lower) ?? key) === key;
  });
}

/** The id of a message, where an answer can carry it unharmed; `null` where not. */
export function answerableId(message: unknown): RequestId | null {
  const id = memberOf(message, 'id');
  if (typeof id === 'string') return id;
  // A number beyond this was rounded when it was read.
  return typeof id === 'number' && Math.abs(id) <= Number.MAX_SAFE_INTEGER ? id : null;
}

/** Members that `Mcp-Name` repeats (MCP 2026-07-28, basic/transports, and the tasks extension). */
const NAMED_BY: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
  'tasks/get': 'taskId',
  'tasks/update': 'taskId',
  'tasks/cancel': 'taskId',
};

function judgeHeaders(method: unknown, params: unknown, { mcpName, mcpMethod }: RuledHeaders): MessageVerdict {
  const mismatch = (header: string): MessageVerdict => ({
    kind: 'mismatch',
    sentence: `The request's ${header} header and its body disagree.`,
  });
  if (mcpMethod !== undefined && decodeHeaderValue(mcpMethod) !== method) return mismatch('Mcp-Method');
  if (mcpName === undefined || typeof method !== 'string' || !Object.hasOwn(NAMED_BY, method)) return PASS;
  return decodeHeaderValue(mcpName) === memberOf(params, NAMED_BY[method] ?? '') ? PASS : mismatch('Mcp-Name');
}

function judgeCall(params: unknown, judge: (name: string) => ToolVerdict): MessageVerdict {
  if (!isObject(params) || !areKeysPlain(params, CALL_KEYS))
    return malformed('The params of tools/call have to be an object in which each key is there once.');
  const { name } = params;
  if (typeof name !== 'string') return malformed('The name of a tool has to be a string.');
  const verdict = judge(name);
  return verdict.allowed ? PASS : { kind: 'refused', tool: name, verdict };
}

/**
 * Judges one message of a client: requests, and whatever else has a method, since some servers run a call that has no
 * id. Responses pass.
 *
 * @param message what `JSON.parse` gave, of a text without repeated keys.
 */
export function judgeMessage(
  message: unknown,
  headers: RuledHeaders,
  judge: (name: string) => ToolVerdict,
): MessageVerdict {
  if (!isObject(message) || !areKeysPlain(message, MESSAGE_KEYS))
    return malformed('A message has to be an object in which each key is there once.');
  const { method, params } = message;
  if (method !== undefined && (typeof method !== 'string' || !PLAIN.test(method)))
    return malformed('The method of a message has to be a string of visible ASCII characters.');
  const agreed = judgeHeaders(method, params, headers);
  if (agreed.kind !== 'pass' || method === undefined) return agreed;
  if (method === 'tools/call') return judgeCall(params, judge);
  // Another way to a tool, in a server that folds case or has a method of its own for it.
  const isOtherWay = method.toLowerCase().startsWith('tools/') && method !== 'tools/list';
  return isOtherWay
    ? { kind: 'method', sentence: 'Of the methods for tools there are tools/list and tools/call.' }
    : PASS;
}
