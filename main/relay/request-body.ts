import type { IncomingMessage } from 'node:http';

/**
 * Request bodies up to this size are held until their answer begins, so that they can be replayed after a 401, in
 * bytes. Larger ones stream through and are not replayed. JSON-RPC requests are a few KB.
 */
export const REPLAY_LIMIT_BYTES = 1024 * 1024;

/**
 * Reads a body, or gives the stream back, whole, where it is larger than `limitBytes`. `null` for a request without
 * one.
 *
 * @throws what the connection died of.
 */
export function readBody(
  request: IncomingMessage,
  limitBytes: number = REPLAY_LIMIT_BYTES,
): Promise<Buffer | IncomingMessage | null> {
  const declared = Number(request.headers['content-length'] ?? Number.NaN);
  if (declared > limitBytes) return Promise.resolve(request);
  if (declared === 0 || (Number.isNaN(declared) && request.headers['transfer-encoding'] === undefined)) {
    request.resume();
    return Promise.resolve(null);
  }
  return new Promise((resolve, reject) => {
    let first: Buffer | undefined;
    let chunks: Buffer[] | undefined;
    let size = 0;
    let settled = false;
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      if (chunks) chunks.push(chunk);
      else if (first) chunks = [first, chunk];
      else first = chunk;
      if (size <= limitBytes) return;
      settled = true;
      request.off('data', onData);
      request.pause();
      request.unshift(chunks ? Buffer.concat(chunks) : first);
      resolve(request);
    };
    // Those below stay: taking each off again would cost every call more than they do.
    const onEnd = () => {
      if (settled) return;
      settled = true;
      resolve(chunks ? Buffer.concat(chunks) : (first ?? Buffer.alloc(0)));
    };
    const onError = (error: Error) => {
      if (settled) return;
      settled = true;
      reject(error);
    };
    request.on('data', onData);
    request.on('end', onEnd);
    request.on('error', onError);
    // It stands still where it was given back before.
    request.resume();
    // Of every request that ends, so no error is made before it is known to be one.
    request.on('close', () => {
      if (!settled) onError(new Error('The client closed the connection before its request was complete'));
    });
  });
}
