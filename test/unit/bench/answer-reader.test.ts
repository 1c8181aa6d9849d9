import { describe, expect, it } from 'vitest';
import { createAnswerReader } from '../../bench/load/answer-reader.ts';

interface Read {
  readonly status: number;
  readonly body: string;
}

/** Reads what comes in pieces of `size` bytes; gives the answers that came to their end. */
function readAll(text: string, size: number): readonly Read[] {
  const answers: Read[] = [];
  let [status, body] = [0, ''];
  const read = createAnswerReader({
    onHead: (code) => {
      [status, body] = [code, ''];
    },
    onBody: (chunk) => {
      body += chunk.toString('latin1');
    },
    onEnd: () => answers.push({ status, body }),
  });
  const bytes = Buffer.from(text, 'latin1');
  for (let at = 0; at < bytes.length; at += size) read(bytes.subarray(at, at + size));
  return answers;
}

const LENGTH = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello';
const CHUNKS = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=1\r\n\r\n bye\r\n0\r\n\r\n';
const TRAILER = 'HTTP/1.1 404 No\r\ntransfer-encoding: chunked\r\n\r\n2\r\nno\r\n0\r\nx-sum: 1\r\n\r\n';
const EMPTY = 'HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n';

describe('Reading answers of a kept connection', () => {
  it.each([1, 2, 3, 7, 64, 4096])('reads one after the other, however they are cut (%i bytes at a time)', (size) => {
    expect(readAll(LENGTH + CHUNKS + EMPTY + TRAILER + LENGTH, size)).toEqual([
      { status: 200, body: 'hello' },
      { status: 200, body: 'hello\r\n bye' },
      { status: 202, body: '' },
      { status: 404, body: 'no' },
      { status: 200, body: 'hello' },
    ]);
  });

  it('ends no answer before its last byte', () => {
    expect(readAll(LENGTH.slice(0, -1), 8)).toEqual([]);
    expect(readAll(CHUNKS.slice(0, -1), 8)).toEqual([]);
  });

  it.each([
    ['not HTTP', 'SSH-2.0-OpenSSH\r\n\r\n'],
    ['without a length', 'HTTP/1.1 200 OK\r\n\r\nhello'],
    ['with a chunk of no length', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nhello\r\n'],
  ])('throws for what is %s', (_what, text) => {
    expect(() => readAll(text, 4096)).toThrow();
  });
});
