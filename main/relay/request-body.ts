import type { IncomingMessage } from 'node:http';

/**
 * Request bodies up to this size are held until their answer begins, so that they can be replayed after a 401, in
 * bytes. Larger ones stream through and are not replayed. JSON-RPC requests are a few KB.
 */
export const REPLAY_LIMIT_BYTES = 1024 * 1024;

/**
 * Messages that have to be understood, in the gateway or between two eras, are held up to this size, in bytes; as much
 * as a stdio client may send.
 */
export const WHOLE_LIMIT_BYTES = 32 * 1024 * 1024;

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
    const chunks: Buffer[] = [];
    let size = 0;
    const done = () => {
      request.off('data', onData);
      request.off('end', onEnd);
      request.off('error', onError);
      request.off('close', onClose);
    };
    const onData = (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size <= limitBytes) return;
      done();
      request.pause();
      request.unshift(Buffer.concat(chunks));
      resolve(request);
    };
    const onEnd = () => {
      done();
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks));
    };
    const onError = (error: Error) => {
      done();
      reject(error);
    };
    const onClose = () => onError(new Error('The client closed the connection before its request was complete'));
    request.on('data', onData);
    request.on('end', onEnd);
    request.on('error', onError);
    request.on('close', onClose);
  });
}
