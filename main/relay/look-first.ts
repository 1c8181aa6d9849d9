import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { headerOf } from './headers.ts';
import type { AnswerListener } from './server-call.ts';

/** Longer answers are passed on unseen, in bytes: refusals and first answers are a few KB. */
const LOOK_LIMIT_BYTES = 256 * 1024;

/** What undoes a `Content-Encoding`; what a client accepts, its server may use. */
const DECODERS: Readonly<Record<string, (body: Buffer, options: { maxOutputLength: number }) => Buffer>> = {
  gzip: gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
};

/** How an answer is looked at. */
export interface Look {
  /** Whether this one is to be looked at, by its status. */
  readonly wants: (status: number) => boolean;
  /** Sees its body as text. `taken`: the listener hears nothing of it. */
  readonly judge: (status: number, text: string) => 'pass' | 'taken';
}

function textOf(body: Buffer, encoding: string | undefined): string {
  if (encoding === undefined || encoding === 'identity') return body.toString('utf8');
  try {
    return DECODERS[encoding]?.(body, { maxOutputLength: LOOK_LIMIT_BYTES }).toString('utf8') ?? '';
  } catch {
    return '';
  }
}

/**
 * Holds an answer back until its body was seen, then passes it on as it came, or not at all. Event streams are never
 * held: their first event may be long in coming.
 */
export function lookFirst(listener: AnswerListener, { wants, judge }: Look): AnswerListener {
  let held: Parameters<AnswerListener['onHead']> | undefined;
  let chunks: Buffer[] = [];
  let size = 0;
  const release = () => {
    if (!held) return;
    listener.onHead(...held);
    held = undefined;
    for (const chunk of chunks) listener.onData(chunk);
    chunks = [];
  };
  return {
    onHead: (status, statusText, headers) => {
      const isStream = headerOf(headers, 'content-type')?.toLowerCase().startsWith('text/event-stream');
      if (wants(status) && !isStream) held = [status, statusText, headers];
      else listener.onHead(status, statusText, headers);
    },
    onData: (chunk) => {
      if (!held) return listener.onData(chunk);
      chunks.push(chunk);
      size += chunk.length;
      if (size > LOOK_LIMIT_BYTES) release();
    },
    onEnd: () => {
      if (held) {
        const [status, , headers] = held;
        const encoding = headerOf(headers, 'content-encoding')?.trim().toLowerCase();
        if (judge(status, textOf(Buffer.concat(chunks), encoding)) === 'taken') return;
      }
      release();
      listener.onEnd();
    },
    onFault: (error) => {
      // Nothing of it was passed on, so the fault is the whole answer.
      held = undefined;
      chunks = [];
      listener.onFault(error);
    },
  };
}
