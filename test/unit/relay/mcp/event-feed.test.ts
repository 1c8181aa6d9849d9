import { createParser } from 'eventsource-parser';
import { expect, test } from 'vitest';
import { createEventFeed } from '../../../../main/relay/mcp/event-feed.ts';

function heard(chunks: readonly string[]): readonly string[] {
  const data: string[] = [];
  const feed = createEventFeed(createParser({ onEvent: (event) => data.push(event.data) }));
  for (const chunk of chunks) feed(chunk);
  return data;
}

test.each([
  ['LF', 'data: a\n\ndata: b\n\n'],
  ['CR LF', 'data: a\r\n\r\ndata: b\r\n\r\n'],
  ['CR', 'data: a\r\rdata: b\r\r'],
])('events whose lines end with %s are heard however they are cut', (_name, text) => {
  expect(heard([text])).toEqual(['a', 'b']);
  expect(heard([...text])).toEqual(['a', 'b']);
  for (let at = 1; at < text.length; at += 1)
    expect(heard([text.slice(0, at), '', text.slice(at)]), `cut at ${at}`).toEqual(['a', 'b']);
});

test('an event that a CR alone ends is heard at once', () => expect(heard(['data: a\r', '\r'])).toEqual(['a']));

test('a data line of CR LF within an event ends one line, not two', () =>
  expect(heard(['data: a\r', '\ndata: b\r', '\n\r', '\n'])).toEqual(['a\nb']));

// Where it finds one it searches the whole rest for each line.
test('the parser never sees a CR', () => {
  const seen: string[] = [];
  const feed = createEventFeed({ feed: (text) => seen.push(text) });
  for (const chunk of ['a\r', '\nb\rc\r\n', 'd\r', 'e', '\r', '\n', '\r']) feed(chunk);
  expect(seen.join('')).toBe('a\nb\nc\nd\ne\n\n');
});
