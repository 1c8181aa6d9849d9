import { type Dispatcher, fetch as undiciFetch } from 'undici';
import { LanyardError } from '../../shared/errors.ts';
import { networkFault } from './faults.ts';
import { createSkews, type Skews } from './skew.ts';

/** Metadata, keys and token answers are a few KB; anything near this is not one. Bytes. */
export const ANSWER_LIMIT_BYTES = 1024 * 1024;

/** From the first byte out to the last byte in, in ms. Identity providers answer within 2 s on a bad day. */
const ANSWER_TIMEOUT_MS = 15_000;

/** What the rooms above use instead of the global `fetch`; fits openid-client's and oauth4webapi's `customFetch`. */
export interface Fetch {
  (url: string, init?: FetchInit): Promise<Response>;
  /** How far the clock of an origin is ahead of ours, in ms, by its answers; `undefined` where there was none yet. */
  readonly skewOf?: (origin: string) => number | undefined;
  /** What the clock of an origin shows, in ms since the epoch; ours where it has not answered yet. */
  readonly timeAt?: (origin: string) => number;
}

/** The part of RequestInit that is used. */
export interface FetchInit {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | URLSearchParams | Uint8Array | ArrayBuffer | ReadableStream | null | undefined;
  readonly redirect?: string;
  readonly signal?: AbortSignal | null | undefined;
}

function tooLarge(host: string): LanyardError {
  return new LanyardError({
    code: 'answer-too-large',
    user: `${host} gave an answer that is too large to be right. Lanyard keeps trying.`,
    administrator: `${host} answered with more than ${ANSWER_LIMIT_BYTES} bytes where an OAuth answer was due.`,
    recovery: { kind: 'retry' },
  });
}

async function readCapped(response: Awaited<ReturnType<typeof undiciFetch>>, host: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > ANSWER_LIMIT_BYTES) throw tooLarge(host);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Statuses whose Response must have no body (Fetch standard, "null body status"). */
const NULL_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * A `fetch` for small answers: whole body read, capped in size and time, redirects never followed (an OAuth
 * endpoint that redirects would see credentials meant for another address).
 *
 * It throws {@link networkFault} for everything the network does, and the caller's abort reason when aborted.
 *
 * @param skews where it remembers what the other sides' clocks show.
 */
export function createFetch(
  dispatcher: Dispatcher,
  timeoutMs: number = ANSWER_TIMEOUT_MS,
  skews: Skews = createSkews(),
): Fetch {
  const send: Fetch = async (url, { method = 'GET', headers = {}, body = null, signal } = {}) => {
    const { host, origin } = new URL(url);
    const limit = AbortSignal.timeout(timeoutMs);
    const sentAt = skews.uptime();
    try {
      const response = await undiciFetch(url, {
        dispatcher,
        method,
        headers,
        body: (body instanceof URLSearchParams ? body.toString() : body) as string | null,
        redirect: 'manual',
        signal: signal ? AbortSignal.any([signal, limit]) : limit,
      });
      // With an Age (RFC 9111 section 5.1) the Date is from when some cache got the answer.
      if (!response.headers.has('age')) skews.learn(origin, response.headers.get('date'), sentAt);
      const bytes = await readCapped(response, host);
      const answer = { status: response.status, headers: [...response.headers] as [string, string][] };
      return new Response(NULL_BODY.has(response.status) ? null : new Uint8Array(bytes), answer);
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw networkFault(host, error);
    }
  };
  return Object.assign(send, { skewOf: skews.get, timeAt: skews.timeAt });
}
