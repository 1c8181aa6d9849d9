import { connect, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { LineError, readLine } from '../../../shared/read-line.ts';
import { serveBytes, until } from '../fixtures.ts';

const LONG_MS = 600_000;

/** The reading end of a real connection whose other end does `act`. */
async function readingFrom(act: (other: Socket) => void): Promise<Socket> {
  const { port } = await serveBytes(act);
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  return socket;
}

async function reasonOf(reading: Promise<string>): Promise<string> {
  const error: unknown = await reading.then(
    (line) => new Error(`read ${line}`),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof LineError)) throw error;
  return error.reason;
}

test('a line is given without its end, and every byte behind it is left for the next reader', async () => {
  const socket = await readingFrom((other) => other.write('first\nsecond\nrest'));
  expect(await readLine(socket, 16, LONG_MS)).toBe('first');
  expect(await readLine(socket, 16, LONG_MS)).toBe('second');
  expect(socket.isPaused()).toBe(true);
  const rest: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => rest.push(chunk));
  socket.resume();
  await until(() => rest.length > 0);
  expect(Buffer.concat(rest).toString()).toBe('rest');
  socket.destroy();
});

test('a line may arrive byte by byte', async () => {
  const socket = await readingFrom(async (other) => {
    other.setNoDelay(true);
    for (const letter of 'piece by piece\n') await new Promise((resolve) => other.write(letter, resolve));
  });
  expect(await readLine(socket, 64, LONG_MS)).toBe('piece by piece');
  socket.destroy();
});

test.each([
  ['of exactly the limit is read', 'x'.repeat(8), 'x'.repeat(8)],
  ['one byte longer is too long', 'x'.repeat(9), 'too-long'],
])('a line %s', async (_what, line, expected) => {
  const socket = await readingFrom((other) => other.write(`${line}\nmore`));
  expect(await readLine(socket, 8, LONG_MS).catch((error: LineError) => error.reason)).toBe(expected);
  socket.destroy();
});

test('a peer that never ends its line is cut off at the limit', async () => {
  const socket = await readingFrom((other) => other.write('x'.repeat(100_000)));
  expect(await reasonOf(readLine(socket, 1_000, LONG_MS))).toBe('too-long');
  socket.destroy();
});

test('a silent peer is cut off after the limit of time', async () => {
  const socket = await readingFrom((other) => other.write('half a li'));
  expect(await reasonOf(readLine(socket, 100, 20))).toBe('timeout');
  socket.destroy();
});

test('a peer that closes within a line has not sent one', async () => {
  const socket = await readingFrom((other) => other.end('half a li'));
  expect(await reasonOf(readLine(socket, 100, LONG_MS))).toBe('closed');
  socket.destroy();
});

test('nothing is left listening on the socket afterwards', async () => {
  const socket = await readingFrom((other) => other.write('line\n'));
  const before = ['data', 'close', 'end', 'error'].map((name) => socket.listenerCount(name));
  await readLine(socket, 100, LONG_MS);
  expect(['data', 'close', 'end', 'error'].map((name) => socket.listenerCount(name))).toEqual(before);
  socket.destroy();
});
