import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { FORM_LIMIT_BYTES } from './http.ts';

/**
 * A form body, which is put back for the handler to read. Only bodies of a declared
 * length can be put back before the stream counts as ended; others are never told apart, nor are those that are
 * too long for a handler or break off.
 */
export async function peekForm(request: IncomingMessage): Promise<URLSearchParams | undefined> {
  const length = Number(request.headers['content-length'] ?? 0);
  if (length === 0 || length > FORM_LIMIT_BYTES) return undefined;
  const body = await readAhead(request, length).catch(() => undefined);
  if (!body) return undefined;
  request.unshift(body);
  return new URLSearchParams(body.toString('utf8'));
}

/** The `grant_type` of a form body; see {@link peekForm}. */
export async function peekGrantType(request: IncomingMessage): Promise<string | undefined> {
  return (await peekForm(request))?.get('grant_type') ?? undefined;
}

async function readAhead(request: IncomingMessage, length: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  while (size < length) {
    const chunk = request.read() as Buffer | null;
    if (chunk) {
      chunks.push(chunk);
      size += chunk.length;
    } else await once(request, 'readable');
  }
  return Buffer.concat(chunks);
}
