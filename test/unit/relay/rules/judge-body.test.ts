import { expect, test } from 'vitest';
import { MESSAGE_LIMIT_BYTES } from '../../../../main/relay/mcp/message-limit.ts';
import { type BodyVerdict, judgeBody } from '../../../../main/relay/rules/judge-body.ts';
import type { RuledHeaders } from '../../../../main/relay/rules/ruled-headers.ts';
import { judgeTool } from '../../../../main/relay/rules/tool-rules.ts';

const rules = { allow: ['get', 'list_*'], deny: ['list_all'] };

function judged(body: Buffer | string, headers: RuledHeaders = {}): BodyVerdict {
  return judgeBody(body, headers, (name) => judgeTool(rules, name, undefined), 'The notes');
}

const responseTo = (body: Buffer | string, headers?: RuledHeaders): unknown => {
  const verdict = judged(body, headers);
  return verdict.kind === 'pass' ? undefined : JSON.parse(verdict.response);
};

const call = (name: string, more: object = {}) =>
  JSON.stringify({ jsonrpc: '2.0', id: 7, method: 'tools/call', params: { name, arguments: {} }, ...more });
const GET = call('get');
const DELETE = call('delete');
const PING = '{"jsonrpc":"2.0","id":1,"method":"ping"}';
const RESPONSE = '{"jsonrpc":"2.0","id":"s1","result":{"content":[]}}';

test.each([
  ['an allowed call', GET],
  ['another method', PING],
  ['initialize', '{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}'],
  ['a list', '{"jsonrpc":"2.0","id":1,"method":"tools/list"}'],
  ['a notification', '{"jsonrpc":"2.0","method":"notifications/initialized"}'],
  ['a response', RESPONSE],
  ['an error response', '{"jsonrpc":"2.0","id":1,"error":{"code":-1,"message":"no"}}'],
  [
    'a prompt of the name of a denied tool',
    '{"jsonrpc":"2.0","id":1,"method":"prompts/get","params":{"name":"delete"}}',
  ],
  ['an allowed call with an escaped name', GET.replace('"get"', '"\\u0067et"')],
  [
    'keys that are one in two objects',
    call('get', { params: { name: 'get', arguments: { name: 'delete', Name: 'x' } } }),
  ],
  ['an id of a megabyte', call('get', { id: 'i'.repeat(1024 * 1024) })],
  ['an id that is rounded when it is read', GET.replace(':7', ':12345678901234567890')],
  ['a batch of allowed messages', `[${GET},${PING},${RESPONSE}]`],
  ['blanks around', ` \r\n${GET}\n`],
])('%s passes', (_what, body) => {
  expect(judged(body)).toEqual({ kind: 'pass' });
  expect(judged(Buffer.from(body))).toEqual({ kind: 'pass' });
});

test.each([
  ['a denied name', DELETE, 'delete', 'not-allowed'],
  ['a name that is allowed and denied', call('list_all'), 'list_all', 'denied'],
  ['an escaped name', DELETE.replace('"delete"', '"\\u0064elete"'), 'delete', 'not-allowed'],
  ['an escaped method', DELETE.replace('tools/call', 'tools\\/cal\\u006c'), 'delete', 'not-allowed'],
  [
    'escaped keys',
    DELETE.replace('"method"', '"\\u006dethod"').replace('"name"', '"n\\u0061me"'),
    'delete',
    'not-allowed',
  ],
  ['a name with a look-alike', call('g\u0435t'), 'g\u0435t', 'not-allowed'],
  ['a name with a NUL', call('get\u0000'), 'get\u0000', 'not-allowed'],
  ['a name with half a character', DELETE.replace('"delete"', '"get\\ud800"'), 'get\ud800', 'not-allowed'],
  ['a name with a blank', call('get '), 'get ', 'not-allowed'],
  ['an empty name', call(''), '', 'not-allowed'],
  ['the name of a part of every object', call('__proto__'), '__proto__', 'not-allowed'],
  [
    'a call that carries answers',
    call('delete', { params: { name: 'delete', inputResponses: { a: {} }, requestState: 's' } }),
    'delete',
    'not-allowed',
  ],
])('%s is refused with a result for the model', (_what, body, tool, reason) => {
  expect(judged(body)).toMatchObject({ kind: 'refused', status: 200, tool, reason });
  expect(responseTo(body)).toMatchObject({ jsonrpc: '2.0', id: 7, result: { isError: true } });
});

test('the result is of the era of the call', () => {
  const _meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };
  expect(responseTo(call('delete', { params: { name: 'delete', _meta } }))).toMatchObject({
    result: { resultType: 'complete' },
  });
  expect(responseTo(DELETE)).not.toHaveProperty('result.resultType');
});

test('whoever asks for a task gets an error, since it understands no result', () => {
  const body = call('delete', { params: { name: 'delete', task: { ttl: 1000 } } });
  expect(responseTo(body)).toMatchObject({ id: 7, error: { code: -32602 } });
});

test.each([
  ['without an id', undefined],
  ['with the id null', null],
  ['with an object as id', { a: 1 }],
])('a call %s is refused too, since some servers would run it', (_what, id) => {
  expect(judged(call('delete', { id }))).toMatchObject({ kind: 'refused' });
  expect(responseTo(call('delete', { id }))).toMatchObject({ id: null });
});

test('an id that was rounded is not sent back as another one', () => {
  expect(responseTo(DELETE.replace(':7', ':12345678901234567890'))).toMatchObject({ id: null });
});

test('a name of a megabyte is refused, and not kept', () => {
  const verdict = judged(call('x'.repeat(1024 * 1024)));
  expect(verdict).toMatchObject({ kind: 'refused', tool: 'x'.repeat(128) });
  expect(verdict.kind === 'refused' && verdict.response.length).toBeLessThan(1_000);
});

const swap = (from: string, to: string) => GET.replace(from, to);

test.each([
  ['two methods', swap('"method":', '"method":"ping","method":')],
  ['two methods, the last one harmless', swap('"params"', '"method":"ping","params"')],
  ['two methods, one of them escaped', swap('"method":', '"\\u006dethod":"ping","method":')],
  ['two names', swap('"name":"get"', '"name":"delete","name":"get"')],
  ['two names the other way round', swap('"name":"get"', '"name":"get","name":"delete"')],
  ['two params', swap('"params":', '"params":{"name":"delete"},"params":')],
  ['two ids', swap('"id":7', '"id":7,"id":8')],
  ['a key twice in the arguments', swap('"arguments":{}', '"arguments":{"a":1,"a":2}')],
  ['a method in another case', swap('"id":7', '"id":7,"Method":"ping"')],
  ['a method in another case alone', swap('"method"', '"METHOD"')],
  ['a message in other cases', '{"jsonrpc":"2.0","id":1,"Method":"tools/call","Params":{"Name":"delete"}}'],
  ['params in another case', swap('"params":', '"Params":{"name":"delete"},"params":')],
  ['params with a long s', swap('"params":', '"param\u017f":{"name":"delete"},"params":')],
  ['a name in another case', swap('"name":"get"', '"name":"get","Name":"delete"')],
  ['a name in another case alone', swap('"name":"get"', '"NAME":"delete"')],
  ['a name with half a character in its key', swap('"name":"get"', '"name":"get","name\\ud800":"delete"')],
  ['a name with a NUL in its key', swap('"name":"get"', '"name":"get","name\\u0000":"delete"')],
  ['a prototype', swap('"id":7', '"__proto__":{"method":"tools/call","params":{"name":"delete"}},"id":7')],
  ['a prototype of the params', swap('"arguments"', '"__proto__":{"name":"delete"},"arguments"')],
  ['a number as name', swap('"get"', '5')],
  ['a list as name', swap('"get"', '["get"]')],
  ['null as name', swap('"get"', 'null')],
  ['no name', swap('"name":"get",', '')],
  ['no params', '{"jsonrpc":"2.0","id":7,"method":"tools/call"}'],
  ['null as params', '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":null}'],
  ['params by position', '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":["get"]}'],
  ['a list as method', swap('"tools/call"', '["tools/call"]')],
  ['null as method', swap('"tools/call"', 'null')],
  ['a method with a blank', swap('tools/call', 'tools/call ')],
  ['a method with a NUL', swap('tools/call', 'tools/call\\u0000')],
  ['a method in full-width letters', swap('tools', '\uff54ools')],
  ['a comment', `/* */${GET}`],
  ['a comma too many', `${GET.slice(0, -1)},}`],
  ['something after it', `${GET}${DELETE}`],
  ['two lines', `${GET}\n${DELETE}`],
  ['single quotes', GET.replaceAll('"', "'")],
  ['a number that is none', swap(':7', ':NaN')],
  ['a byte order mark', `\uFEFF${GET}`],
  ['nothing', ''],
  ['blanks alone', ' \n '],
  ['a string', '"tools/call"'],
  ['null', 'null'],
  ['an empty batch', '[]'],
  ['a batch in a batch', `[[${GET}]]`],
  ['a batch with something else in it', `[${GET},5]`],
  ['a batch of too many', `[${Array(1_001).fill(PING).join(',')}]`],
  ['a repeated key in one message of a batch', `[${PING},${swap('"id":7', '"id":7,"id":8')}]`],
  ['nesting without end', swap('{}}', `${'['.repeat(100_000)}${']'.repeat(100_000)}}`)],
  [
    'more keys than any tool takes',
    swap('"arguments":{}', `"arguments":{${Array.from({ length: 100_001 }, (_, n) => `"${n}":0`)}}`),
  ],
  ['nesting that some parsers do not take', swap('{}}', `${'['.repeat(199)}${']'.repeat(199)}}`)],
])('a body with %s is not taken', (_what, body) => {
  expect(judged(body)).toMatchObject({ kind: 'malformed', status: 400 });
  expect(responseTo(body)).toMatchObject({ jsonrpc: '2.0', error: { code: expect.any(Number) } });
});

test.each(['Tools/call', 'TOOLS/CALL', 'tools/Call', 'tools/invoke', 'tools/call/x', 'tools/'])(
  'the method %s is another way to a tool, and there is none',
  (method) => {
    expect(judged(call('get', { method }))).toMatchObject({ kind: 'malformed', status: 404 });
    expect(responseTo(call('get', { method }))).toMatchObject({ id: 7, error: { code: -32601 } });
  },
);

test.each([
  ['bytes that are no UTF-8', Buffer.concat([Buffer.from(GET.slice(0, -2)), Buffer.from([0xff]), Buffer.from('}}')])],
  ['an overlong form', Buffer.from(GET.replace('get', 'g\u00c0\u00aet'), 'latin1')],
  ['UTF-16', Buffer.from(GET, 'utf16le')],
  ['UTF-16 with a mark', Buffer.from(`\uFEFF${GET}`, 'utf16le')],
  ['UTF-8 with a mark', Buffer.from(`\uFEFF${GET}`)],
])('%s is not taken', (_what, body) => expect(judged(body)).toMatchObject({ kind: 'malformed', status: 400 }));

test('a body that is too large to judge is not taken', () => {
  const body = Buffer.alloc(MESSAGE_LIMIT_BYTES + 1, ' ');
  expect(judged(body)).toMatchObject({ kind: 'malformed', status: 413 });
});

test('one refused call refuses its whole batch, and every request in it gets an answer', () => {
  const body = `[${PING},${DELETE},{"jsonrpc":"2.0","method":"notifications/x"},${RESPONSE}]`;
  expect(judged(body)).toMatchObject({ kind: 'refused', status: 200, tool: 'delete' });
  expect(responseTo(body)).toMatchObject([
    { id: 1, error: { code: -32600 } },
    { id: 7, result: { isError: true } },
  ]);
});

test.each<[string, RuledHeaders]>([
  ['another name', { mcpName: 'delete' }],
  ['an empty name', { mcpName: '' }],
  ['two names in one header', { mcpName: 'get, delete' }],
  ['the name in another case', { mcpName: 'Get' }],
  ['another name in base64', { mcpName: '=?base64?ZGVsZXRl?=' }],
  ['a name in broken base64', { mcpName: '=?base64?Z2V0*?=' }],
  ['a name in base64 with a rest', { mcpName: '=?base64?Z2V1?=x' }],
  ['base64 of bytes that are no UTF-8', { mcpName: '=?base64?/w==?=' }],
  ['another method', { mcpMethod: 'ping' }],
  ['the method in another case', { mcpMethod: 'Tools/Call' }],
])('headers that say %s are a mismatch', (_what, headers) => {
  expect(judged(GET, headers)).toMatchObject({ kind: 'malformed', status: 400 });
  expect(responseTo(GET, headers)).toMatchObject({ id: 7, error: { code: -32020 } });
});

test.each<[string, RuledHeaders]>([
  ['a harmless body', { mcpMethod: 'tools/call', mcpName: 'delete' }],
  ['a response', { mcpMethod: 'tools/call', mcpName: 'delete' }],
])('headers of a call over %s are a mismatch', (what, headers) => {
  const body = what === 'a response' ? RESPONSE : PING;
  expect(responseTo(body, headers)).toMatchObject({ error: { code: -32020 } });
});

test.each<[string, RuledHeaders]>([
  ['as they are', { mcpName: 'get', mcpMethod: 'tools/call' }],
  ['with blanks around', { mcpName: '\t get ', mcpMethod: ' tools/call' }],
  ['in base64', { mcpName: '=?base64?Z2V0?=' }],
  ['with the usual type', { contentType: 'application/json; charset=utf-8' }],
  ['with a type of its own', { contentType: 'application/vnd.example+json' }],
  ['with the type in capitals', { contentType: 'Application/JSON;Charset="UTF-8"' }],
  ['that say that nothing was done to it', { contentEncoding: 'identity' }],
])('headers that agree pass %s', (_what, headers) => expect(judged(GET, headers)).toEqual({ kind: 'pass' }));

test.each<[string, RuledHeaders]>([
  ['compressed', { contentEncoding: 'gzip' }],
  ['compressed in a way nobody knows', { contentEncoding: 'x' }],
  ['compressed twice', { contentEncoding: 'identity, br' }],
  ['in another charset', { contentType: 'application/json; charset=utf-16' }],
  ['in a charset that reads ASCII otherwise', { contentType: 'application/json;charset="utf-7"' }],
  ['in two charsets', { contentType: 'application/json; charset=utf-8; charset = shift_jis' }],
  ['in a charset said in the extended form', { contentType: "application/json; charset*=us-ascii''utf-16" }],
  ['without a type', { contentType: '' }],
  ['that may be read as a form', { contentType: 'application/x-www-form-urlencoded' }],
  ['of two types', { contentType: 'application/json, text/plain' }],
  ['under a header that is there twice', { isRepeated: true }],
])('a body %s is not taken', (_what, headers) =>
  expect(judged(GET, headers)).toMatchObject({ kind: 'malformed', status: 400 }),
);
