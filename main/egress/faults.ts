import { LanyardError } from '../../shared/errors.ts';
import { redact } from '../journal/redact.ts';

/** Links of a chain of causes that are followed: it may go round and round. */
const LONGEST_CHAIN = 8;

function isErrno(error: Error): boolean {
  return typeof (error as NodeJS.ErrnoException).code === 'string' && !(error instanceof LanyardError);
}

// undici and node report a fault by a code somewhere along the chain of causes. Where several addresses were tried, each
// has its own.
function rootOf(error: unknown): NodeJS.ErrnoException | undefined {
  for (let current = error, depth = 0; current instanceof Error && depth < LONGEST_CHAIN; depth += 1) {
    if (current instanceof AggregateError && current.errors[0] instanceof Error) current = current.errors[0];
    else if (current.name === 'TimeoutError' || isErrno(current)) return current as NodeJS.ErrnoException;
    else current = current.cause;
  }
  return undefined;
}

function codeOf(error: unknown): string | undefined {
  const root = rootOf(error);
  return root?.name === 'TimeoutError' ? 'TIMEOUT' : root?.code;
}

function isTls(code: string): boolean {
  return /CERT|^ERR_TLS|^ERR_SSL|SELF_SIGNED|UNABLE_TO_/.test(code);
}

/**
 * Turns whatever a connection died of into an error with its sentences. All of them may pass by themselves, so the
 * recovery is `retry`: also TLS, since a captive portal in a hotel looks just like it.
 *
 * @param host who we wanted to reach, for the sentences.
 */
export function networkFault(host: string, cause: unknown): LanyardError {
  if (cause instanceof LanyardError) return cause;
  const inner = cause instanceof Error ? cause.cause : undefined;
  if (inner instanceof LanyardError) return inner;
  const code = codeOf(cause) ?? 'unknown';
  const recovery = { kind: 'retry' } as const;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new LanyardError({
      code: 'network-name',
      user: `${host} cannot be found. Check your network connection or VPN.`,
      administrator: `DNS: ${host} does not resolve (${code}).`,
      recovery,
      cause,
    });
  if (isTls(code))
    return new LanyardError({
      code: 'network-tls',
      user: `The connection to ${host} is not trusted. If you are on a guest network, sign in to it first.`,
      administrator: `TLS: the certificate of ${host} was refused (${code}). An inspecting proxy's certificate authority must be in the system's trust store.`,
      recovery,
      cause,
    });
  if (/TIMEOUT|ETIMEDOUT/.test(code))
    return new LanyardError({
      code: 'network-timeout',
      user: `${host} did not answer in time. Lanyard keeps trying.`,
      administrator: `No answer from ${host} in time (${code}).`,
      recovery,
      cause,
    });
  return new LanyardError({
    code: 'network-connection',
    user: `The connection to ${host} failed. Lanyard keeps trying.`,
    administrator: `The connection to ${host} failed (${code}).`,
    recovery,
    cause,
  });
}

/** What a connection dies of before it stands: name resolution, routing, the first packet. */
const BEFORE_CONNECTING: ReadonlySet<string> = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ENETUNREACH',
  'ENETDOWN',
  'EHOSTUNREACH',
  'EADDRNOTAVAIL',
]);

/** Where it dies of them: one that stood may die of the same by a read or write, when the request is long out. */
const CONNECTING: ReadonlySet<string> = new Set(['connect', 'getaddrinfo']);

/** undici's own, which says it all. */
const CONNECT_TIMEOUT = 'UND_ERR_CONNECT_TIMEOUT';

/** Whether nothing can have been sent before this fault, so that sending it again repeats nothing. */
export function wasNeverSent(error: LanyardError): boolean {
  const { code = '', syscall = '' } = rootOf(error) ?? {};
  return code === CONNECT_TIMEOUT || (BEFORE_CONNECTING.has(code) && CONNECTING.has(syscall));
}

/** Longest piece of another party's text that is shown, in characters. */
const LONGEST_FOREIGN_TEXT = 500;

/**
 * What another party says of its error, fit for logs, windows and terminals: cut, without control
 * characters, and without what looks like a credential (some servers quote the assertion they refuse).
 */
export function foreignText(text: string): string {
  return redact(text.slice(0, LONGEST_FOREIGN_TEXT))
    .replace(/\p{Cc}+/gu, ' ')
    .replace(/\.+$/, '');
}

/** Longest pause we grant a server that names one, in ms: longer ones are asked again after this. */
const LONGEST_RETRY_AFTER_MS = 10 * 60 * 1000;

/** Reads `Retry-After` (RFC 9110 section 10.2.3) in both forms; `undefined` where it is absent or makes no sense. */
export function retryAfterMs(value: string | null | undefined, now: number): number | undefined {
  if (!value) return undefined;
  const ms = /^\d{1,9}$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isFinite(ms) && ms >= 0 ? Math.min(ms, LONGEST_RETRY_AFTER_MS) : undefined;
}

/**
 * The error for an answer that no OAuth server gives on purpose: 429, 5xx, HTML or anything else that is not the
 * JSON that was due. A gateway in front may have spoken, so it is never final.
 */
export function answerFault(host: string, response: { status: number; headers: Headers }, now: number): LanyardError {
  const afterMs = retryAfterMs(response.headers.get('retry-after'), now);
  const type = response.headers.get('content-type') ?? 'no content type';
  return new LanyardError({
    code: response.status === 429 ? 'answer-too-many-requests' : 'answer-unusable',
    user: `${host} has a problem at the moment. Lanyard keeps trying.`,
    administrator: `${host} answered HTTP ${response.status} with ${type} where an OAuth answer in JSON was due.`,
    recovery: afterMs === undefined ? { kind: 'retry' } : { kind: 'retry', afterMs },
  });
}
