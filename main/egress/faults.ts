import { LanyardError } from '../../shared/errors.ts';
import { redact } from '../journal/redact.ts';

// undici and node report a fault by a code somewhere along the chain of causes.
function codeOf(error: unknown): string | undefined {
  for (let current = error, depth = 0; current instanceof Error && depth < 8; current = current.cause, depth += 1) {
    if (current.name === 'TimeoutError') return 'TIMEOUT';
    const { code } = current as NodeJS.ErrnoException;
    if (typeof code === 'string' && !(current instanceof LanyardError)) return code;
    const first = current instanceof AggregateError ? (current.errors[0] as unknown) : undefined;
    if (first) return codeOf(first);
  }
  return undefined;
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
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Whether nothing can have been sent before this fault, so that sending it again repeats nothing. */
export function wasNeverSent(error: LanyardError): boolean {
  const code = codeOf(error);
  return code !== undefined && BEFORE_CONNECTING.has(code);
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
