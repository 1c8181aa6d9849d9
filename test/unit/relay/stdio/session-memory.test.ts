import { expect, test } from 'vitest';
import { parseMessage } from '../../../../main/relay/message.ts';
import { announced, createSessionMemory, type Kept } from '../../../../main/relay/stdio/session-memory.ts';

function kept(method: string, params: object = {}): Kept {
  const line = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
  return { message: parseMessage(line) ?? { kind: 'request' }, line };
}

const DONE = '{"jsonrpc":"2.0","id":1,"result":{}}';
const REFUSED = '{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"no"}}';
const subscribe = (uri: string) => kept('resources/subscribe', { uri });
const level = (name: string) => kept('logging/setLevel', { level: name });

test('the last log level and the resources that are watched are wished for again; what was refused is not', () => {
  const memory = createSessionMemory();
  memory.open(kept('initialize'));
  memory.answered(level('debug'), DONE);
  memory.answered(level('error'), DONE);
  memory.answered(level('nonsense'), REFUSED);
  memory.answered(subscribe('a'), DONE);
  memory.answered(subscribe('b'), DONE);
  memory.answered(subscribe('c'), REFUSED);
  memory.answered(kept('resources/unsubscribe', { uri: 'a' }), DONE);
  memory.answered(kept('tools/call', { name: 'x' }), DONE);
  expect(memory.wishes()).toEqual([level('error'), subscribe('b')]);
});

test('a new initialize begins from nothing', () => {
  const memory = createSessionMemory();
  memory.open(kept('initialize'));
  memory.answered(
    kept('initialize'),
    '{"jsonrpc":"2.0","id":1,"result":{"capabilities":{"tools":{"listChanged":true}}}}',
  );
  memory.told(kept('notifications/initialized'));
  memory.answered(subscribe('a'), DONE);
  expect(memory.capabilities).toEqual({ tools: { listChanged: true } });
  memory.open(kept('initialize', { again: true }));
  expect([memory.opening?.line, memory.ready, memory.wishes(), memory.capabilities]).toEqual([
    kept('initialize', { again: true }).line,
    undefined,
    [],
    {},
  ]);
});

test('no more than a thousand resources are remembered', () => {
  const memory = createSessionMemory();
  for (let index = 0; index < 1_200; index += 1) memory.answered(subscribe(`notes://${index}`), DONE);
  expect(memory.wishes()).toHaveLength(1_000);
});

test.each([
  [{}, []],
  [{ tools: {} }, []],
  [{ tools: { listChanged: 'yes' } }, []],
  [{ tools: { listChanged: true }, prompts: { listChanged: false } }, ['tools']],
  [{ prompts: { listChanged: true }, resources: { listChanged: true, subscribe: true } }, ['resources', 'prompts']],
])('with %j, changes of %j are announced', (capabilities, lists) => {
  expect(announced(capabilities).map((line) => JSON.parse(line))).toEqual(
    lists.map((list) => ({ jsonrpc: '2.0', method: `notifications/${list}/list_changed` })),
  );
});
