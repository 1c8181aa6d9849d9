import { LOCAL_KEY_HEADER_NAME } from '../../shared/local-key-header.ts';

/** As node gives it. */
export const LOCAL_KEY_HEADER: string = LOCAL_KEY_HEADER_NAME.toLowerCase();

/** Headers of one connection (RFC 9110 section 7.6.1); they end at every hop. */
const HOP_BY_HOP: readonly string[] = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/**
 * Not for the server: `Host` and `Origin` name us; `Authorization` is replaced, and a proof for it is ours alone to
 * give; `Expect` was answered by our own listener; cookies of a loopback origin are shared by every local port and
 * belong to none of them.
 */
const REQUEST_ONLY: readonly string[] = [
  'host',
  'origin',
  'authorization',
  'dpop',
  'expect',
  'cookie',
  LOCAL_KEY_HEADER,
];

/** Not for the client: it would start an OAuth flow of its own, against us; nonces are for our proofs. */
const RESPONSE_ONLY: readonly string[] = ['www-authenticate', 'dpop-nonce'];

const DROPPED_FROM_REQUEST: ReadonlySet<string> = new Set([...HOP_BY_HOP, ...REQUEST_ONLY]);
const DROPPED_FROM_RESPONSE: ReadonlySet<string> = new Set([...HOP_BY_HOP, ...RESPONSE_ONLY]);

type Part = string | Buffer;

const textOf = (part: Part | undefined) => (typeof part === 'object' ? part.toString('latin1') : (part ?? ''));

/**
 * Of the message and not of the connection, whatever `Connection` says (RFC 9110 section 7.6.1): what was judged by a
 * header must not arrive without it.
 */
const END_TO_END = /^(?:content-|mcp-|accept|last-event-id)/;

/** Whether a `Connection` header names others than the two that everybody sends, which are dropped in any case. */
const NAMES_NOBODY = /^(?:keep-alive|close)$/i;

function isNamed(named: readonly string[], key: string): boolean {
  if (END_TO_END.test(key)) return false;
  return named.some((value) => value.split(',').some((name) => name.trim().toLowerCase() === key));
}

// Every call passes here twice. A `Connection` header may come after those it names, so they are taken out at the end.
function keep(headers: readonly Part[], dropped: ReadonlySet<string>): string[] {
  const kept: string[] = [];
  let named: string[] | undefined;
  for (let index = 0; index < headers.length; index += 2) {
    const name = textOf(headers[index]);
    const key = name.toLowerCase();
    if (!dropped.has(key)) kept.push(name, textOf(headers[index + 1]));
    else if (key === 'connection') {
      const value = textOf(headers[index + 1]);
      if (!NAMES_NOBODY.test(value)) {
        named ??= [];
        named.push(value);
      }
    }
  }
  if (!named) return kept;
  const names = named;
  return kept.filter((_part, index) => !isNamed(names, (kept[index - (index % 2)] ?? '').toLowerCase()));
}

/** A client's headers as they go to the server: names and values in turn, case and order untouched. */
export function requestHeaders(raw: readonly string[]): string[] {
  return keep(raw, DROPPED_FROM_REQUEST);
}

/** A server's headers as they go to the client; values are bytes, which Latin-1 carries unharmed. */
export function responseHeaders(raw: readonly (string | Buffer)[]): string[] {
  return keep(raw, DROPPED_FROM_RESPONSE);
}

/** The same headers for a body of another length. */
export function withContentLength(headers: readonly string[], length: number): string[] {
  return headers.map((part, index) =>
    index % 2 === 1 && headers[index - 1]?.toLowerCase() === 'content-length' ? String(length) : part,
  );
}

/** Every value of a header of an answer, as it came; `wanted` in lower case. */
export function headersOf(raw: readonly (string | Buffer)[], wanted: string): string[] {
  const values: string[] = [];
  for (let index = 0; index < raw.length; index += 2)
    if (String(raw[index]).toLowerCase() === wanted) values.push(String(raw[index + 1]));
  return values;
}

/** The first of {@link headersOf}. */
export function headerOf(raw: readonly (string | Buffer)[], wanted: string): string | undefined {
  for (let index = 0; index < raw.length; index += 2)
    if (String(raw[index]).toLowerCase() === wanted) return String(raw[index + 1]);
  return undefined;
}
