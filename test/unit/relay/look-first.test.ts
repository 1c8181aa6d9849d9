import { brotliCompressSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { type Look, lookFirst } from '../../../main/relay/look-first.ts';
import { LanyardError } from '../../../shared/errors.ts';

const fault = new LanyardError({ code: 'x', user: 'x', administrator: 'x' });

function looking(judge: Look['judge'] = () => 'pass') {
  const heard: unknown[] = [];
  const seen: unknown[] = [];
  const listener = lookFirst(
    {
      onHead: (status) => heard.push(status),
      onData: (chunk) => heard.push(chunk.toString('latin1')),
      onEnd: () => heard.push('end'),
      onFault: ({ code }) => heard.push(code),
    },
    {
      wants: (status) => status === 400,
      judge: (status, text) => {
        seen.push([status, text]);
        return judge(status, text);
      },
    },
  );
  return { heard, seen, listener };
}

test('what is wanted is held until it was seen, and passed on chunk by chunk', () => {
  const { heard, seen, listener } = looking();
  listener.onHead(400, 'Bad', ['content-type', 'application/json']);
  listener.onData(Buffer.from('{"a"'));
  listener.onData(Buffer.from(':1}'));
  expect(heard).toEqual([]);
  listener.onEnd();
  expect(seen).toEqual([[400, '{"a":1}']]);
  expect(heard).toEqual([400, '{"a"', ':1}', 'end']);
});

test('what is taken is never heard of', () => {
  const { heard, listener } = looking(() => 'taken');
  listener.onHead(400, 'Bad', []);
  listener.onData(Buffer.from('{}'));
  listener.onEnd();
  expect(heard).toEqual([]);
});

test.each([
  ['another status', 200, []],
  ['an event stream', 400, ['Content-Type', 'Text/Event-Stream; charset=utf-8']],
])('%s passes at once', (_what, status, headers) => {
  const { heard, seen, listener } = looking();
  listener.onHead(status, '', headers);
  listener.onData(Buffer.from('x'));
  expect(heard).toEqual([status, 'x']);
  listener.onEnd();
  expect([heard.at(-1), seen]).toEqual(['end', []]);
});

test('what is too long is passed on unseen', () => {
  const { heard, seen, listener } = looking();
  listener.onHead(400, '', []);
  listener.onData(Buffer.alloc(200 * 1024, 'a'));
  expect(heard).toEqual([]);
  listener.onData(Buffer.alloc(100 * 1024, 'b'));
  expect(heard).toHaveLength(3);
  listener.onData(Buffer.from('c'));
  listener.onEnd();
  expect(heard.slice(3)).toEqual(['c', 'end']);
  expect(seen).toEqual([]);
});

test('a fault before the end is the whole answer', () => {
  const { heard, listener } = looking();
  listener.onHead(400, '', []);
  listener.onData(Buffer.from('{'));
  listener.onFault(fault);
  expect(heard).toEqual(['x']);
});

test.each([
  ['gzip', gzipSync('{"a":1}'), '{"a":1}'],
  ['GZIP', gzipSync('{"a":1}'), '{"a":1}'],
  ['br', brotliCompressSync('{"a":1}'), '{"a":1}'],
  ['gzip', Buffer.from('not gzip at all'), ''],
  // A few bytes that become more than we look at.
  ['gzip', gzipSync(Buffer.alloc(10 * 1024 * 1024)), ''],
  ['unheard-of', Buffer.from('x'), ''],
])('a body in %s is read as its text, and passed on as it came', (encoding, body, text) => {
  const { heard, seen, listener } = looking();
  listener.onHead(400, '', ['content-encoding', encoding]);
  listener.onData(body);
  listener.onEnd();
  expect(seen).toEqual([[400, text]]);
  expect(heard[1]).toBe(body.toString('latin1'));
});
