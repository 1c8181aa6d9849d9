import { EventSourceParserStream } from 'eventsource-parser/stream';
import { expect, test } from 'vitest';
import { createAnswerFilter } from '../../../../main/relay/rules/answer-filter.ts';
import { withoutHiddenTools } from '../../../../main/relay/rules/hidden-tools.ts';
import { problemOf } from '../../../../shared/errors.ts';

const rules = { deny: ['delete*'] };

/** The answer as a client gets it when it comes in chunks of `size` bytes. */
function through(contentType: string | undefined, body: Buffer | string, size = Number.POSITIVE_INFINITY): Buffer {
  const filter = createAnswerFilter({ contentType, contentEncoding: undefined }, rules);
  const bytes = Buffer.from(body);
  const out: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) out.push(...filter.push(bytes.subarray(at, at + size)));
  return Buffer.concat([...out, ...filter.end()]);
}

async function eventsIn(bytes: Buffer) {
  const stream = new Blob([new Uint8Array(bytes)]).stream();
  const events: unknown[] = [];
  for await (const event of stream.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream()))
    events.push(event);
  return events;
}

const list = (...names: string[]) =>
  `{"jsonrpc":"2.0","id":1,"result":{"tools":[${names.map((name) => `{"name":"${name}"}`).join(',')}]}}`;

test.each([
  ['a list of visible tools', list('get', 'put')],
  ['an empty list', list()],
  ['the result of a call', '{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"delete"}]}}'],
  ['a result that holds such a list deeper down', `{"jsonrpc":"2.0","id":1,"result":{"x":${list('delete')}}}`],
  [
    'a request of the server that has tools',
    '{"jsonrpc":"2.0","id":1,"method":"x","params":{"tools":[{"name":"delete"}]}}',
  ],
  ['tools that are no list', '{"jsonrpc":"2.0","id":1,"result":{"tools":{"name":"delete"}}}'],
  ['entries without a name', '{"jsonrpc":"2.0","id":1,"result":{"tools":["delete",5,null,{"name":5}]}}'],
  ['what is no JSON', '{"tools": delete'],
])('%s is the same text', (_what, text) => {
  expect(withoutHiddenTools(text, rules)).toBe(text);
});

test('only the hidden tools go, and every other character stays', () => {
  const text = `{ "jsonrpc":"2.0",\t"id":12345678901234567890, "result":{"a":1.0, "tools" : [ {"name" : "get","max":9007199254740993},
    {"name":"delete"}, {"n\\u0061me":"\\u0064elete_all"} ,{"name":"put"}], "nextCursor":"x" }}`;
  expect(withoutHiddenTools(text, rules)).toBe(
    `{ "jsonrpc":"2.0",\t"id":12345678901234567890, "result":{"a":1.0, "tools" : [{"name" : "get","max":9007199254740993},{"name":"put"}], "nextCursor":"x" }}`,
  );
});

test.each([
  ['all tools', list('delete', 'delete2'), list()],
  [
    'in a batch',
    `[${list('delete')},${list('get', 'delete')},${list('get')}]`,
    `[${list()},${list('get')},${list('get')}]`,
  ],
  [
    'behind an escaped key',
    list('delete', 'get').replace('tools', '\\u0074ools'),
    list('get').replace('tools', '\\u0074ools'),
  ],
  [
    'in either of two results',
    '{"result":{"tools":[{"name":"delete"}]},"result":{"tools":[{"name":"delete"}]}}',
    '{"result":{"tools":[]},"result":{"tools":[]}}',
  ],
])('hidden tools go: %s', (_what, text, expected) => expect(withoutHiddenTools(text, rules)).toBe(expected));

test.each([1, 7, 1_000])('a JSON body is filtered as a whole, in chunks of %i bytes', (size) => {
  expect(through('application/json; charset=utf-8', list('get', 'delete'), size).toString()).toBe(list('get'));
  expect(through('application/json', `\uFEFF${list('delete')}`, size).toString()).toBe(list());
});

test('a body that is no UTF-8 passes byte for byte', () => {
  const bytes = Buffer.from([0x7b, 0xff, 0xfe, 0x74, 0x6f, 0x6f, 0x6c, 0x73, 0x00]);
  expect(through('application/json', bytes)).toEqual(bytes);
  expect(through('text/event-stream', bytes)).toEqual(bytes);
});

test.each([undefined, 'text/html', 'application/octet-stream'])(
  'an answer of type %s passes at once',
  (contentType) => {
    const filter = createAnswerFilter({ contentType, contentEncoding: 'gzip' }, rules);
    const chunk = Buffer.from(list('delete'));
    expect(filter.push(chunk)).toEqual([chunk]);
    expect(filter.end()).toEqual([]);
  },
);

const STREAM = [
  ': hello\n\n',
  `event: message\nid: 1\ndata: ${list('get', 'delete')}\n\n`,
  'data: {"jsonrpc":"2.0","method":"notifications/progress"}\n\n',
  `id: 2\nretry: 5\ndata: ${list('delete', 'put').slice(0, 24)}\n: within\ndata:${list('delete', 'put').slice(24)}\n\n`,
  `data: ${list('get')}\n\n`,
  ': an end that CR alone is none of, since LF might follow\n',
];

test.each(['\n', '\r\n', '\r'])('an event stream with line ends %j is filtered, however it is cut', async (lineEnd) => {
  const stream = STREAM.join('').replaceAll('\n', lineEnd);
  const whole = await eventsIn(through('text/event-stream', stream));
  // The line end between the data lines lies between two tokens and is no part of the message.
  expect(whole).toMatchObject([
    { id: '1', event: 'message', data: list('get') },
    { data: '{"jsonrpc":"2.0","method":"notifications/progress"}' },
    { id: '2', data: expect.not.stringContaining('delete') },
    { data: list('get') },
  ]);
  for (const size of [1, 2, 3, 50]) expect(await eventsIn(through('text/event-stream', stream, size))).toEqual(whole);
});

test.each(['\n', '\r\n', '\r'])(
  'a stream with line ends %j in which nothing is hidden passes byte for byte',
  (lineEnd) => {
    const stream = `\uFEFF${STREAM.join('').replaceAll('delete', 'done')}: rest\nid: 3\ndata: {`.replaceAll(
      '\n',
      lineEnd,
    );
    for (const size of [1, 2, 5, 1_000]) expect(through('text/event-stream', stream, size).toString()).toBe(stream);
  },
);

test('a mark at the start of a stream hides nothing from the filter', async () => {
  expect(await eventsIn(through('text/event-stream', `\uFEFFdata: ${list('delete')}\n\n`))).toMatchObject([
    { data: list() },
  ]);
});

test('events and comments pass as soon as they are complete', () => {
  const filter = createAnswerFilter({ contentType: 'text/event-stream', contentEncoding: undefined }, rules);
  const push = (text: string) => Buffer.concat(filter.push(Buffer.from(text))).toString();
  expect(push(': ping\n')).toBe(': ping\n');
  expect(push(': pi')).toBe('');
  expect(push('ng\r')).toBe(': ping\r');
  expect(push('\n')).toBe('\n');
  expect(push('data: 1\n')).toBe('');
  expect(push('\n')).toBe('data: 1\n\n');
  expect(push('data: 2\r\n\r')).toBe('data: 2\r\n\r');
  expect(push('\ndata: 3')).toBe('\n');
  expect(push('\r\n\r\nid: 4\n')).toBe('data: 3\r\n\r\n');
  expect(filter.end().join('')).toBe('id: 4\n');
});

test.each(['application/json', 'text/event-stream'])(
  'an answer of %s that does not end costs bounded memory',
  (contentType) => {
    const filter = createAnswerFilter({ contentType, contentEncoding: undefined }, rules);
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    let pushed = 0;
    const pushOn = () => {
      for (; pushed < 40; pushed += 1) filter.push(chunk);
    };
    expect(pushOn).toThrow(expect.objectContaining({ code: 'answer-too-large' }));
    expect(pushed).toBeGreaterThan(30);
    expect(pushed).toBeLessThan(33);
  },
);

test('tiny chunks count with what it costs to hold them', () => {
  const filter = createAnswerFilter({ contentType: 'text/event-stream', contentEncoding: undefined }, rules);
  const chunk = Buffer.from('x');
  const pushOn = () => {
    for (let pushed = 0; pushed < 300_000; pushed += 1) filter.push(chunk);
  };
  expect(pushOn).toThrow(expect.objectContaining({ code: 'answer-too-large' }));
});

test('a long stream of short events is no long message', () => {
  const event = Buffer.from(`data: ${'x'.repeat(1024 * 1024)}\n\n`);
  const filter = createAnswerFilter({ contentType: 'text/event-stream', contentEncoding: undefined }, rules);
  for (let pushed = 0; pushed < 40; pushed += 1) expect(filter.push(event)[0]?.equals(event)).toBe(true);
});

test('a compressed answer cannot be filtered and is a fault', () => {
  for (const contentType of ['application/json', 'text/event-stream']) {
    const create = () => createAnswerFilter({ contentType, contentEncoding: 'gzip' }, rules);
    expect(create).toThrow(expect.objectContaining({ code: 'answer-encoded' }));
    try {
      create();
    } catch (error) {
      expect(problemOf(error).user).toContain('administrator');
    }
  }
});
