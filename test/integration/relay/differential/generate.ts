import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { Exchange, GivenAnswer, SentRequest } from './exchange.ts';
import { oddJson } from './json.ts';
import { type Dice, diceOf } from './random.ts';

const STATUSES = [200, 200, 200, 200, 202, 204, 304, 400, 404, 405, 406, 413, 415, 429, 500] as const;
const BODILESS = new Set([204, 304]);
/** A message larger than what the relay holds to send it again, in bytes. */
const LARGE_BYTES = 1_200_000;

const COMPRESSIONS = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync } as const;

/** Puts a header's name into one of the cases that are seen. */
function cased(dice: Dice, name: string): string {
  const style = dice.below(4);
  if (style === 0) return name.toUpperCase();
  if (style === 1) return name.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
  return name;
}

function shuffled<T>(dice: Dice, all: readonly T[]): T[] {
  return all
    .map((one) => ({ one, at: dice.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);
}

const flat = (dice: Dice, headers: readonly (readonly [string, string])[]): string[] =>
  shuffled(dice, headers).flatMap(([name, value]) => [cased(dice, name), value]);

function body(dice: Dice): Buffer {
  const json = oddJson(dice, true);
  const kind = dice.below(20);
  if (kind === 0)
    return Buffer.from(`[${dice.times(dice.below(4), (index) => json.message(`batch ${index}`)).join(',')}]`);
  if (kind === 1) return Buffer.from(json.message('cut off').slice(0, -1 - dice.below(20)));
  if (kind === 2) return Buffer.from(dice.times(50, () => dice.below(256)));
  if (kind === 3) return Buffer.from(json.value());
  if (kind === 4 && dice.chance(0.05)) return Buffer.alloc(LARGE_BYTES, `${json.message('large')} `);
  return Buffer.from(json.message(`request ${dice.below(1000)}`));
}

function sessionHeaders(dice: Dice): [string, string][] {
  const isModern = dice.chance(0.5);
  const revision: [string, string] = ['mcp-protocol-version', isModern ? '2026-07-28' : '2025-11-25'];
  if (isModern) return [revision, ['mcp-method', 'tools/call'], ['mcp-name', dice.pick(['echo', '=?base64?w6Q=?='])]];
  return [
    ...(dice.chance(0.9) ? [revision] : []),
    ...(dice.chance(0.7) ? ([['mcp-session-id', `session-${dice.below(9)}`]] as const) : []),
  ].map(([name, value]) => [name, value]);
}

function request(dice: Dice): SentRequest {
  const method = dice.pick(['POST', 'POST', 'POST', 'POST', 'GET', 'DELETE']);
  const sent = method === 'POST' && dice.chance(0.97) ? body(dice) : undefined;
  const isChunked = sent !== undefined && sent.length > 0 && dice.chance(0.3);
  const headers: [string, string][] = [
    [
      'accept',
      dice.pick([
        'application/json, text/event-stream',
        'text/event-stream',
        '*/*',
        'application/json;q=0.5,text/event-stream',
      ]),
    ],
    ...sessionHeaders(dice),
  ];
  if (method === 'POST')
    headers.push(['content-type', dice.pick(['application/json', 'application/json; charset=utf-8', 'text/plain'])]);
  if (method === 'GET' && dice.chance(0.5)) headers.push(['last-event-id', dice.pick(['17', 'a:b/c=', '_0'])]);
  if (dice.chance(0.5))
    headers.push(['accept-encoding', dice.pick(['gzip, deflate, br', 'identity', 'br;q=1.0, *;q=0'])]);
  if (dice.chance(0.3)) headers.push(['x-twice', 'one'], ['x-twice', 'two'], ['x-twice', 'one']);
  if (dice.chance(0.3))
    headers.push(['mcp-param-region', dice.pick(['north', '=?base64?S8O2bG4=?=', ' inner  spaces '.trim()])]);
  if (dice.chance(0.3)) headers.push(['user-agent', 'odd/1.0 (a; b)'], ['x-latin', 'caf\u00e9'], ['x-empty', '']);
  if (dice.chance(0.2)) headers.push(['x-one-hop', 'dropped'], ['connection', 'X-One-Hop']);
  if (dice.chance(0.2)) headers.push(['baggage', 'k=v'], ['traceparent', `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`]);
  if (sent !== undefined && !isChunked) headers.push(['content-length', String(sent.length)]);
  if (isChunked) headers.push(['transfer-encoding', 'chunked']);
  if (sent === undefined && method === 'POST') headers.push(['content-length', '0']);
  return {
    method,
    headers: flat(dice, headers),
    ...(sent && { body: sent }),
    ...(isChunked && { pieces: 1 + dice.below(5) }),
  };
}

function events(dice: Dice): Buffer {
  const end = dice.pick(['\n', '\r\n', '\r']);
  const json = oddJson(dice, false);
  const event = () => {
    const lines = [
      ...(dice.chance(0.3) ? [dice.pick([': ping', ':', ': ä'])] : []),
      ...(dice.chance(0.4) ? [`id: ${dice.pick(['1', '', 'stream-1/42'])}`] : []),
      ...(dice.chance(0.2) ? [`retry: ${dice.below(5000)}`] : []),
      ...(dice.chance(0.3) ? [`event: ${dice.pick(['message', 'other'])}`] : []),
      ...dice.times(dice.below(3), () => `data:${dice.pick(['', ' '])}${json.message('event')}`),
      ...(dice.chance(0.1) ? ['no field at all', 'data'] : []),
    ];
    return `${lines.join(end)}${end}${end}`;
  };
  const all = `${dice.chance(0.1) ? '\ufeff' : ''}${dice.times(1 + dice.below(6), event).join('')}`;
  return Buffer.from(dice.chance(0.1) ? all.slice(0, -1) : all);
}

/** Cuts anywhere, also within characters and between CR and LF. */
function cut(dice: Dice, whole: Buffer): Buffer[] {
  const cuts = dice.times(dice.below(6), () => dice.below(whole.length + 1)).sort((a, b) => a - b);
  const edges = [0, ...cuts, whole.length];
  return edges
    .slice(1)
    .map((to, index) => whole.subarray(edges[index], to))
    .filter(({ length }) => length > 0);
}

function answer(dice: Dice): GivenAnswer {
  const status = dice.pick(STATUSES);
  const isStream = status === 200 && dice.chance(0.5);
  const headers: [string, string][] = [];
  if (dice.chance(0.3)) headers.push(['mcp-session-id', `session-${dice.below(9)}`]);
  if (dice.chance(0.2)) headers.push(['set-cookie', 'a=1; Path=/'], ['set-cookie', 'b=2']);
  if (dice.chance(0.2)) headers.push(['x-latin', 'caf\u00e9'], ['cache-control', 'no-store'], ['vary', 'Origin']);
  if (dice.chance(0.1)) headers.push(['date', 'Thu, 01 Jan 1970 00:00:00 GMT'], ['x-accel-buffering', 'no']);
  if (status === 405) headers.push(['allow', 'POST']);
  if (status === 429) headers.push(['retry-after', '7']);
  const reason = dice.chance(0.5) ? dice.pick(['Quite Fine', '']) : undefined;
  const told = { status, ...(reason !== undefined && { reason }) };
  if (BODILESS.has(status)) return { ...told, headers: flat(dice, [...headers, ['etag', '"e"']]), chunks: [] };
  const plain = isStream ? events(dice) : dice.chance(0.1) ? Buffer.alloc(0) : body(dice);
  const compression = dice.chance(0.2) ? dice.pick(['gzip', 'deflate', 'br'] as const) : undefined;
  const whole = compression ? COMPRESSIONS[compression](plain) : plain;
  headers.push([
    'content-type',
    isStream ? 'text/event-stream' : dice.pick(['application/json', 'application/json; charset=utf-8', 'text/html']),
  ]);
  if (compression) headers.push(['content-encoding', compression]);
  if (dice.chance(0.5)) headers.push(['content-length', String(whole.length)]);
  return { ...told, headers: flat(dice, headers), chunks: cut(dice, whole) };
}

/** The exchange that a seed stands for. */
export function generateExchange(seed: number): Exchange {
  const dice = diceOf(seed);
  return { request: request(dice), answer: answer(dice) };
}
