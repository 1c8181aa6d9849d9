import { expect, test } from 'vitest';
import { describeMessage, recordCall } from '../../../main/journal/calls.ts';
import { createLog } from '../../../main/journal/log.ts';
import { memorySink } from '../fixtures.ts';

const TOOL_CALL = {
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name: 'search', arguments: { q: 'private' } },
};

test.each([
  [JSON.stringify(TOOL_CALL), { method: 'tools/call', name: 'search' }],
  ['{"method":"resources/read","params":{"uri":"notes://1"}}', { method: 'resources/read', name: 'notes://1' }],
  ['{"method":"tools/list"}', { method: 'tools/list', name: undefined }],
  [`{"method":"${'m'.repeat(500)}"}`, { method: 'm'.repeat(128), name: undefined }],
  ['{"method":5,"params":{"name":["x"]}}', { method: undefined, name: undefined }],
  ['{"id":1,"result":{}}', { method: undefined, name: undefined }],
  ['[{"method":"tools/list"}]', { method: undefined, name: undefined }],
  ['null', {}],
  ['not JSON', {}],
  ['', {}],
])('of %s no more than method and name is known', (text, expected) => {
  expect(describeMessage(Buffer.from(text))).toEqual(expected);
});

test('a large body is not looked into', () => {
  const large = Buffer.from(JSON.stringify({ ...TOOL_CALL, padding: 'x'.repeat(256 * 1024) }));
  expect(describeMessage(large)).toEqual({});
  expect(describeMessage(null)).toEqual({});
});

test('a record holds who, what and how it went, and no argument', () => {
  const sink = memorySink();
  const call = { client: 'vscode', server: 'notes', transport: 'http', verb: 'POST', status: 200 } as const;
  recordCall(createLog([sink]), {
    ...call,
    ...describeMessage(Buffer.from(JSON.stringify(TOOL_CALL))),
    durationMs: 12.3456,
    requestBytes: 10,
    responseBytes: 20,
  });
  expect(sink.entries).toMatchObject([
    { level: 'debug', event: 'call', fields: { ...call, method: 'tools/call', name: 'search', durationMs: 12.3 } },
  ]);
  expect(JSON.stringify(sink.entries)).not.toContain('private');
});
