import { expect, test } from 'vitest';
import { readAnswer, type StdioAnswer } from '../../../../main/relay/stdio/answer.ts';
import { LanyardError } from '../../../../shared/errors.ts';

interface Heard {
  readonly lines: string[];
  readonly heads: number[];
  readonly ends: StdioAnswer[];
}

function reading(status: number, type: string | undefined, headers: readonly (string | Buffer)[] = []) {
  const heard: Heard = { lines: [], heads: [], ends: [] };
  const listener = readAnswer({
    id: 1,
    onMessage: ({ line }) => heard.lines.push(line),
    onHead: (head) => heard.heads.push(head),
    onDone: (end) => heard.ends.push(end),
  });
  listener.onHead(status, '', type === undefined ? headers : ['Content-Type', Buffer.from(type), ...headers]);
  return { heard, listener };
}

function linesFrom(type: string | undefined, chunks: readonly (string | Buffer)[], status = 200): Heard {
  const { heard, listener } = reading(status, type);
  for (const chunk of chunks) listener.onData(Buffer.from(chunk as string));
  listener.onEnd();
  expect(heard.ends).toHaveLength(1);
  expect(heard.ends[0]?.messages).toBe(heard.lines.length);
  return heard;
}

const MESSAGE = '{"jsonrpc":"2.0","id":1,"result":{"text":"é 🔑"}}';
const PRETTY = JSON.stringify(JSON.parse(MESSAGE), null, 2);

test.each([
  ['on one line', [MESSAGE]],
  ['with white space around it', [`\r\n ${MESSAGE}\n`]],
  ['over several lines', [PRETTY]],
  ['over several lines with CR LF', [PRETTY.replaceAll('\n', '\r\n')]],
  ['with lone CRs between tokens', [PRETTY.replaceAll('\n', '\r')]],
])('a JSON body %s is one line', (_what, chunks) => {
  const { lines } = linesFrom('application/json', chunks);
  expect(lines.map((line) => line.replaceAll(/ (?=[ "}])/g, '').replaceAll(': ', ':'))).toEqual([MESSAGE]);
});

test('a body with a byte order mark is a line without one', () => {
  expect(linesFrom('application/json', [`\ufeff${MESSAGE}`]).lines).toEqual([MESSAGE]);
});

test('numbers that a program would round stay as they were written, also where line ends are taken out', () => {
  const text = '{"jsonrpc":"2.0","id":1,\r\n"result":{"count":12345678901234567890,"rate":1.0}}';
  const [line = ''] = linesFrom('application/json', [text]).lines;
  expect(line).toContain('12345678901234567890,"rate":1.0');
  expect(line).not.toMatch(/[\r\n]/);
});

test('a message on one line keeps its bytes, odd as they are', () => {
  const odd = '{ "jsonrpc" :"2.0",  "id":1.0, "result":{"\\u0061":1e2,"a":2} }';
  expect(linesFrom('application/json', [odd]).lines).toEqual([odd]);
});

test('line ends within JSON strings stay what they are: escapes', () => {
  const text = '{"jsonrpc":"2.0","id":1,\n"result":{"text":"two\\nlines"}}';
  const [line = ''] = linesFrom('application/json', [text]).lines;
  expect(line).not.toContain('\n');
  expect(JSON.parse(line)).toEqual(JSON.parse(text));
});

test.each([
  ['application/json; charset=utf-8', 1],
  ['Application/JSON', 1],
  ['text/html', 0],
  ['text/plain', 0],
  [undefined, 0],
])('an answer of type %s gives %i messages', (type, count) => {
  expect(linesFrom(type, [MESSAGE]).lines).toHaveLength(count);
});

test.each([
  ['nothing', ''],
  ['white space', ' \r\n '],
  ['a page on one line', '<html>Bad gateway</html>'],
  ['a page over several lines', '<html>\nBad gateway\n</html>'],
  ['words', 'Bad gateway'],
  ['half a message', MESSAGE.slice(0, 20)],
  ['JSON that is no JSON-RPC', '{"error":"forbidden"}'],
  ['JSON of another kind', '"forbidden"'],
  ['an empty list', '[]'],
  ['a list of something else', '[{"jsonrpc":"2.0","id":1,"result":1},5]'],
])('a body that calls itself JSON and is %s never reaches the client', (_what, body) => {
  for (const status of [200, 403, 502]) expect(linesFrom('application/json', [body], status).lines).toEqual([]);
});

test('a JSON-RPC error with a status of failure is a message all the same', () => {
  const error = '{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"no"}}';
  expect(linesFrom('application/json', [error], 400).lines).toEqual([error]);
});

test.each([
  ['{"jsonrpc":"2.0","id":1,"result":{}}', true],
  ['{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"m"}}', true],
  ['{"jsonrpc":"2.0","id":2,"result":{}}', false],
  ['{"jsonrpc":"2.0","id":"1","result":{}}', false],
  ['{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":"m"}}', true],
  ['{"jsonrpc":"2.0","id":1,"method":"sampling/createMessage"}', false],
  ['{"jsonrpc":"2.0","method":"notifications/progress"}', false],
  ['[{"jsonrpc":"2.0","method":"notifications/progress"},{"jsonrpc":"2.0","id":1,"result":{}}]', true],
  ['[{"jsonrpc":"2.0","method":"notifications/progress"}]', false],
  [`{"jsonrpc":"2.0","id":1,"result":"${'x'.repeat(300 * 1024)}"}`, true],
])('whether %.70s answers the request 1: %s', (message, answered) => {
  expect(linesFrom('application/json', [message]).ends[0]).toMatchObject({ answered, messages: 1 });
});

const STREAM = [
  ': keep-alive',
  '',
  'event: message',
  'id: 7',
  'data: {"jsonrpc":"2.0","method":"notifications/progress","params":{"message":"é 🔑"}}',
  '',
  'event: ping',
  '',
  'data: {"jsonrpc":"2.0",',
  'data:"id":1,"result":{}}',
  '',
  '',
].join('\n');
const STREAM_LINES = [
  '{"jsonrpc":"2.0","method":"notifications/progress","params":{"message":"é 🔑"}}',
  '{"jsonrpc":"2.0", "id":1,"result":{}}',
];

test.each([
  ['LF', STREAM],
  ['CR LF', STREAM.replaceAll('\n', '\r\n')],
  ['a byte order mark', `\ufeff${STREAM}`],
])('an event stream with %s gives one line for each event, without comments and pings', (_what, text) => {
  expect(linesFrom('text/event-stream', [text]).lines).toEqual(STREAM_LINES);
});

test('wherever a stream is cut into chunks, also within a letter, it is the same', () => {
  const bytes = Buffer.from(STREAM);
  for (let cut = 1; cut < bytes.length; cut += 1)
    expect(linesFrom('text/event-stream', [bytes.subarray(0, cut), bytes.subarray(cut)]).lines).toEqual(STREAM_LINES);
  const bytewise = [...bytes].map((byte) => Buffer.from([byte]));
  expect(linesFrom('text/event-stream; charset=utf-8', bytewise).lines).toEqual(STREAM_LINES);
});

test('an event is handed on as soon as it is complete', () => {
  const { heard, listener } = reading(200, 'text/event-stream');
  listener.onData(Buffer.from('data: {"jsonrpc":"2.0","id":1,"result":1}\n'));
  expect(heard.lines).toEqual([]);
  listener.onData(Buffer.from('\n'));
  expect(heard.lines).toHaveLength(1);
  expect(heard.ends).toEqual([]);
});

test('head and end tell status, MCP session and count', () => {
  const { heard, listener } = reading(202, 'text/event-stream', ['mcp-SESSION-id', 's-1']);
  expect(heard.heads).toEqual([202]);
  listener.onEnd();
  expect(heard.ends).toEqual([{ status: 202, mcpSessionId: 's-1', fault: undefined, messages: 0, answered: false }]);
});

test('a fault ends it with what came before', () => {
  const { heard, listener } = reading(200, 'text/event-stream');
  listener.onData(Buffer.from('data: {"jsonrpc":"2.0","id":1,"result":1}\n\ndata: {"json'));
  const fault = new LanyardError({ code: 'c', user: 'u', administrator: 'a' });
  listener.onFault(fault);
  expect(heard.ends).toEqual([{ status: 200, mcpSessionId: undefined, fault, messages: 1, answered: true }]);
});

test.each(['text/event-stream', 'application/json'])('%s: a message without an end is given up, once', (type) => {
  const { heard, listener } = reading(200, type);
  const piece = Buffer.alloc(1024 * 1024, 'x');
  listener.onData(Buffer.from('data: '));
  for (let megabytes = 0; megabytes < 40; megabytes += 1) listener.onData(piece);
  listener.onEnd();
  expect(heard.lines).toEqual([]);
  expect(heard.ends).toMatchObject([{ fault: { code: 'answer-too-large' }, answered: false }]);
});

test('a stream may be as long as it likes, as long as its events and comments end', () => {
  const { heard, listener } = reading(200, 'text/event-stream');
  const comment = Buffer.from(`: ${'x'.repeat(1024 * 1024)}\n`);
  for (let megabytes = 0; megabytes < 40; megabytes += 1) listener.onData(comment);
  listener.onData(Buffer.from(`data: ${MESSAGE}\n\n`));
  listener.onEnd();
  expect(heard.lines).toEqual([MESSAGE]);
  expect(heard.ends).toMatchObject([{ fault: undefined, answered: true }]);
});

test.each([
  ['lines of an event with comments in between', `data: ${'x'.repeat(1024 * 1024)}\n:\n`, 40],
  ['the same with CR LF', `data: ${'x'.repeat(1024 * 1024)}\r\n: more\r\n`, 40],
  ['short lines beside long comments', `data: ${'x'.repeat(20)}\n: ${'y'.repeat(1024 * 1024)}\n`, 40],
  ['empty lines of data', 'data\n'.repeat(20_000), 20],
  ['an event that never gets its data', `id: ${'x'.repeat(1024 * 1024)}\n`, 40],
])('an event that never ends is given up, however it grows: %s', (_what, piece, times) => {
  const { heard, listener } = reading(200, 'text/event-stream');
  const bytes = Buffer.from(piece);
  for (let sent = 0; sent < times; sent += 1) listener.onData(bytes);
  expect(heard.ends).toMatchObject([{ fault: { code: 'answer-too-large' } }]);
});

test('a body in a million tiny pieces counts for what the pieces cost', () => {
  const { heard, listener } = reading(200, 'application/json');
  const bytes = Buffer.alloc(1_000_000, '[');
  for (let at = 0; at < bytes.length; at += 1) listener.onData(bytes.subarray(at, at + 1));
  expect(heard.ends).toMatchObject([{ fault: { code: 'answer-too-large' } }]);
});

test('events without data are held by nobody, so there may be any number of them', () => {
  const { heard, listener } = reading(200, 'text/event-stream');
  const pings = Buffer.from(`event: ping\n\nid: ${'x'.repeat(1024 * 1024)}\n\n`);
  for (let megabytes = 0; megabytes < 40; megabytes += 1) listener.onData(pings);
  listener.onData(Buffer.from(`data: ${MESSAGE}\n\n`));
  listener.onEnd();
  expect(heard.lines).toEqual([MESSAGE]);
});

// An odd spelling shows that it was not written anew: too much of it would delay all other calls.
const LONG = `{ "jsonrpc" :"2.0",\r\n"id":1.0,\n"result":["é\\n${'x'.repeat(300 * 1024)}" ,\r 1e2]}`;

test.each([
  ['a JSON body', 'application/json', LONG],
  ['an event', 'text/event-stream', `data: ${LONG.split(/\r\n|\r|\n/).join('\ndata: ')}\n\n`],
])('a long message over several lines is put on one, and else keeps its bytes: %s', (_what, type, text) => {
  const { lines, ends } = linesFrom(type, [text]);
  expect(lines.map((line) => line.replaceAll(/ +/g, ' '))).toEqual([LONG.replaceAll(/[\r\n ]+/g, ' ')]);
  expect(JSON.parse(lines[0] ?? '')).toEqual(JSON.parse(LONG));
  expect(ends).toMatchObject([{ answered: true, messages: 1 }]);
});

test.each(['<html>', '<html>\n'])('a long page that calls itself JSON never reaches the client: %j', (beginning) => {
  expect(linesFrom('application/json', [`${beginning}${'x'.repeat(300 * 1024)}</html>`]).lines).toEqual([]);
});
