import { describe, expect, test } from 'vitest';
import { type AnswerEnd, readMessages } from '../../../../main/relay/back/read-messages.ts';
import { MESSAGE_LIMIT_BYTES } from '../../../../main/relay/mcp/message-limit.ts';
import type { RpcMessage } from '../../../../main/relay/mcp/rpc.ts';
import { event } from './serving.ts';

function reading(type: string, headers: readonly string[] = [], status = 200) {
  const messages: RpcMessage[] = [];
  const ends: AnswerEnd[] = [];
  let tooLarge = 0;
  const reader = readMessages({
    onMessage: (message) => messages.push(message),
    onTooLarge: () => {
      tooLarge += 1;
    },
    onEnd: (end) => ends.push(end),
  });
  reader.onHead(status, '', ['Content-Type', type, ...headers]);
  const feed = (text: string) => reader.onData(Buffer.from(text));
  return { reader, messages, ends, feed, tooLarge: () => tooLarge };
}

const result = (id: number) => ({ jsonrpc: '2.0' as const, id, result: {} });

describe('an answer', () => {
  test('of JSON is one message, however it is cut', () => {
    const { reader, messages, ends, feed } = reading('application/json; charset=utf-8', ['Mcp-Session-Id', 's1']);
    const text = JSON.stringify(result(1));
    feed(text.slice(0, 9));
    feed(text.slice(9));
    reader.onEnd();
    expect(messages).toEqual([result(1)]);
    expect(ends).toMatchObject([{ status: 200, mcpSessionId: 's1', messages: 1, fault: undefined }]);
  });

  test('of JSON may be a batch', () => {
    const { reader, messages, feed } = reading('application/json');
    feed(JSON.stringify([result(1), 'nonsense', result(2)]));
    reader.onEnd();
    expect(messages).toEqual([result(1), result(2)]);
  });

  test('of events is one message each, with the last id and the wait', () => {
    const { reader, messages, ends, feed } = reading('text/event-stream');
    feed(`id: a\ndata: \n\n: ping\n\nretry: 70\n${event(result(1), 'b')}${event({ no: 'message' })}data: {\n\n`);
    reader.onEnd();
    expect(messages).toEqual([result(1)]);
    expect(ends).toMatchObject([{ lastEventId: 'b', retryMs: 70, messages: 1 }]);
  });

  test('of anything else is none', () => {
    const { reader, messages, ends, feed } = reading('text/html', [], 502);
    feed(JSON.stringify(result(1)));
    reader.onEnd();
    expect(messages).toEqual([]);
    expect(ends).toMatchObject([{ status: 502, messages: 0 }]);
  });

  test.each(['application/json', 'text/event-stream'])('of %s that is too large is not held', (type) => {
    const { reader, ends, feed, tooLarge } = reading(type);
    const part = 'x'.repeat(MESSAGE_LIMIT_BYTES / 4);
    feed(`data: ${part}`);
    for (let count = 0; count < 4; count += 1) feed(part);
    reader.onEnd();
    expect(tooLarge()).toBe(1);
    expect(ends).toHaveLength(1);
    expect(ends[0]?.fault?.code).toBe('answer-too-large');
  });

  test('with an id that no header should carry keeps the one before', () => {
    const { reader, ends, feed } = reading('text/event-stream');
    feed(event(result(1), 'a') + event(result(2), 'x'.repeat(2000)));
    reader.onEnd();
    expect(ends[0]?.lastEventId).toBe('a');
  });
});
