import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { REPLAY_LIMIT_BYTES, readBody } from '../../../main/relay/request-body.ts';
import { serveRaw, until } from '../fixtures.ts';

type Read = Buffer | IncomingMessage | null | Error;

/** What `readBody` gives for a request of exactly these bytes; a stream is read to its end. */
async function readFrom(head: readonly string[], pieces: readonly (string | Buffer)[], thenClose = false) {
  let read: Read | undefined;
  let whole: Buffer | undefined;
  const { port } = await serveRaw(async (request, response) => {
    read = await readBody(request).catch((error: Error) => error);
    if (read && !Buffer.isBuffer(read) && !(read instanceof Error)) {
      const chunks: Buffer[] = [];
      for await (const chunk of read as AsyncIterable<Buffer>) chunks.push(chunk);
      whole = Buffer.concat(chunks);
    } else whole = Buffer.isBuffer(read) ? read : Buffer.alloc(0);
    response.end();
  });
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(`${['POST / HTTP/1.1', 'Host: x', ...head].join('\r\n')}\r\n\r\n`);
  for (const piece of pieces) await new Promise((resolve) => socket.write(piece, resolve));
  if (thenClose) socket.destroy();
  await until(() => whole !== undefined);
  socket.destroy();
  const kind = read === null ? 'none' : Buffer.isBuffer(read) ? 'held' : read instanceof Error ? 'error' : 'streamed';
  return { kind, body: whole ?? Buffer.alloc(0) };
}

const bytes = (length: number) => Buffer.alloc(length, 'x');
const chunked = (piece: Buffer) =>
  Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]);
const LAST_CHUNK = '0\r\n\r\n';

test.each([
  ['without a body', [], 'none'],
  ['with an empty body', ['Content-Length: 0'], 'none'],
])('a request %s has none', async (_what, head, kind) => {
  expect((await readFrom(head, [])).kind).toBe(kind);
});

test.each([
  [1, 'held'],
  [REPLAY_LIMIT_BYTES, 'held'],
  [REPLAY_LIMIT_BYTES + 1, 'streamed'],
])('a body of %i bytes is %s, whole', async (length, kind) => {
  const read = await readFrom([`Content-Length: ${length}`], [bytes(length)]);
  expect(read.kind).toBe(kind);
  expect(read.body.equals(bytes(length))).toBe(true);
});

test.each([
  [[5, 7], 'held'],
  [[REPLAY_LIMIT_BYTES - 1, 1], 'held'],
  [[REPLAY_LIMIT_BYTES - 1, 1, 1], 'streamed'],
  [[REPLAY_LIMIT_BYTES * 2, 5, 7], 'streamed'],
])('a chunked body of %j bytes is %s, whole', async (lengths, kind) => {
  const pieces = lengths.map((length, n) => Buffer.alloc(length, `${n}`));
  const read = await readFrom(['Transfer-Encoding: chunked'], [...pieces.map(chunked), LAST_CHUNK]);
  expect(read.kind).toBe(kind);
  expect(read.body.equals(Buffer.concat(pieces))).toBe(true);
});

test('an empty chunked body is held', async () => {
  expect(await readFrom(['Transfer-Encoding: chunked'], [LAST_CHUNK])).toEqual({ kind: 'held', body: Buffer.alloc(0) });
});

test.each([
  ['Content-Length: 10', 'abc'],
  ['Transfer-Encoding: chunked', '3\r\nabc\r\n'],
])('a client that goes away within its body (%s) is an error', async (head, piece) => {
  expect((await readFrom([head], [piece], true)).kind).toBe('error');
});
