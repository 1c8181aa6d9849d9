import { expect, test } from 'vitest';
import { createLineFront } from '../../../../main/relay/front/line-front.ts';
import { META, MODERN_REVISION } from '../../../../main/relay/mcp/revisions.ts';
import type { Members, RpcMessage } from '../../../../main/relay/mcp/rpc.ts';
import { systemSchedule } from '../../../../shared/schedule.ts';
import { complete, createScriptedResponder, needs, text } from '../../../integration/relay/front/scripted-responder.ts';
import { until } from '../../../integration/until.ts';

const ENVELOPE = {
  [META.revision]: MODERN_REVISION,
  [META.clientCapabilities]: {},
  [META.clientInfo]: { name: 'unit', version: '1' },
};
const INTRODUCTION = {
  protocolVersion: '2025-06-18',
  capabilities: {},
  clientInfo: { name: 'unit', version: '1' },
};

function connected() {
  const responder = createScriptedResponder();
  const written: RpcMessage[] = [];
  let ids = 0;
  const front = createLineFront({
    responder,
    conversation: { id: 'pipe', client: 'first', transport: 'stdio' },
    write: (message) => void written.push(message),
    newId: () => `id-${++ids}`,
    schedule: systemSchedule,
  });
  const ask = (id: number | string, method: string, params?: Members) =>
    front.handle({ jsonrpc: '2.0', id, method, ...(params && { params }) });
  const tell = (method: string, params?: Members) =>
    front.handle({ jsonrpc: '2.0', method, ...(params && { params }) });
  const answered = async (id: number | string): Promise<RpcMessage> => {
    const find = () => written.find((message) => !('method' in message) && message.id === id);
    await until(() => find() !== undefined);
    return find() as RpcMessage;
  };
  return { responder, written, front, ask, tell, answered };
}

test('server/discover and then initialize on one pipe', async () => {
  const { ask, tell, answered, responder } = connected();
  ask('probe', 'server/discover', { _meta: ENVELOPE });
  expect(await answered('probe')).toMatchObject({ result: { supportedVersions: [MODERN_REVISION], ttlMs: 1_000 } });
  ask(1, 'initialize', INTRODUCTION);
  expect(await answered(1)).toMatchObject({ result: { protocolVersion: '2025-06-18' } });
  tell('notifications/initialized');
  ask(2, 'tools/list');
  expect(await answered(2)).toEqual({
    jsonrpc: '2.0',
    id: 2,
    result: { tools: [expect.objectContaining({ name: 'echo' })] },
  });
  await until(() => responder.listening.length === 1);
});

test('modern requests beside an initialised client keep their members', async () => {
  const { ask, answered } = connected();
  ask(1, 'initialize', INTRODUCTION);
  await answered(1);
  ask(2, 'tools/list', { _meta: ENVELOPE });
  expect(await answered(2)).toMatchObject({ result: { resultType: 'complete', ttlMs: 0 } });
});

test('what follows initialize at once waits for it', async () => {
  const { ask, answered } = connected();
  ask(1, 'initialize', INTRODUCTION);
  ask(2, 'tools/list');
  expect(await answered(2)).toMatchObject({ result: { tools: [{ name: 'echo' }] } });
});

test.each([
  ['nobody/knows', undefined, -32600],
  ['tools/list', undefined, -32600],
  ['server/discover', undefined, -32600],
  ['initialize', {}, -32602],
  ['ping', { _meta: ENVELOPE }, -32601],
  ['initialize', { _meta: ENVELOPE }, -32601],
  ['nobody/knows', { _meta: ENVELOPE }, -32601],
  ['tools/list', { _meta: { [META.revision]: MODERN_REVISION } }, -32602],
  ['tools/list', { _meta: { ...ENVELOPE, [META.revision]: 5 } }, -32602],
  ['tools/list', { _meta: { ...ENVELOPE, [META.revision]: '2030-01-01' } }, -32022],
])('%s with %j before anything is the error %i', async (method, params, code) => {
  const { ask, answered } = connected();
  ask('x', method, params);
  expect(await answered('x')).toMatchObject({ jsonrpc: '2.0', id: 'x', error: { code } });
});

test('a log level that nobody knows is refused and spoils nothing', async () => {
  const { ask, answered, responder } = connected();
  ask(1, 'initialize', INTRODUCTION);
  ask(2, 'logging/setLevel', { level: 'loud' });
  expect(await answered(2)).toMatchObject({ error: { code: -32602 } });
  ask(3, 'tools/list');
  await answered(3);
  expect(responder.requests.at(-1)?.params?._meta).toMatchObject({ [META.logLevel]: 'info' });
});

test('ping is answered before anything', async () => {
  const { ask, answered } = connected();
  ask(1, 'ping');
  expect(await answered(1)).toEqual({ jsonrpc: '2.0', id: 1, result: {} });
});

test('notifications of a subscription are lines until it is cancelled, and no answer follows', async () => {
  const { ask, tell, written, responder } = connected();
  ask('s', 'subscriptions/listen', { notifications: { toolsListChanged: true }, _meta: ENVELOPE });
  await until(() => written.length === 1);
  responder.tell('notifications/tools/list_changed');
  expect(written).toMatchObject([
    { method: 'notifications/subscriptions/acknowledged', params: { _meta: { [META.subscriptionId]: 's' } } },
    { method: 'notifications/tools/list_changed', params: { _meta: { [META.subscriptionId]: 's' } } },
  ]);
  tell('notifications/cancelled', { requestId: 's' });
  await until(() => responder.listening.length === 0);
  expect(written).toHaveLength(2);
});

test('a cancelled request is aborted and gets no answer, and says nothing more', async () => {
  const { ask, tell, written, responder, answered } = connected();
  const over = Promise.withResolvers<void>();
  responder.on('tools/call:slow', async (_request, { signal, notify }) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    notify({ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'late' } });
    over.resolve();
    return text('late');
  });
  ask(1, 'tools/call', { name: 'slow', _meta: ENVELOPE });
  await until(() => responder.requests.length === 1);
  tell('notifications/cancelled', { requestId: 1 });
  await over.promise;
  ask(2, 'tools/list', { _meta: ENVELOPE });
  await answered(2);
  expect(written).toHaveLength(1);
});

test('an id that is taken is refused in both eras', async () => {
  const { ask, written, responder } = connected();
  responder.on('tools/call:slow', () => new Promise(() => {}));
  ask(1, 'tools/call', { name: 'slow', _meta: ENVELOPE });
  ask(1, 'tools/call', { name: 'slow', _meta: ENVELOPE });
  await until(() => written.length === 1);
  expect(written).toMatchObject([{ id: 1, error: { code: -32600 } }]);
});

test('an end calls everything off and writes nothing more', async () => {
  const { ask, front, written, responder } = connected();
  const signals: AbortSignal[] = [];
  responder.on('tools/call:slow', (_request, { signal }) => {
    signals.push(signal);
    return new Promise((resolve) => signal.addEventListener('abort', () => resolve(complete({ content: [] }))));
  });
  ask(0, 'initialize', INTRODUCTION);
  await until(() => written.length === 1);
  ask(1, 'tools/call', { name: 'slow' });
  ask(2, 'tools/call', { name: 'slow', _meta: ENVELOPE });
  await until(() => signals.length === 2);
  front.close();
  front.handle({ jsonrpc: '2.0', id: 3, method: 'ping' });
  await new Promise(setImmediate);
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  expect(written).toHaveLength(1);
  expect(responder.ended).toEqual(['pipe']);
});

/** Deeper than `JSON.stringify` goes. */
function deep(): Members {
  let members: Members = {};
  for (let depth = 0; depth < 50_000; depth += 1) members = { members };
  return members;
}

function writing() {
  const responder = createScriptedResponder();
  const written: RpcMessage[] = [];
  const front = createLineFront({
    responder,
    conversation: { id: 'pipe', client: 'first', transport: 'stdio' },
    write: (message) => void written.push(JSON.parse(JSON.stringify(message))),
    newId: () => 'an id',
    schedule: systemSchedule,
  });
  const ask = (id: number, method: string, params: Members) => front.handle({ jsonrpc: '2.0', id, method, params });
  const errorTo = async (id: number) => {
    const find = () => written.find((message) => !('method' in message) && message.id === id);
    await until(() => find() !== undefined);
    return (find() as { readonly error?: { readonly code: number } }).error?.code;
  };
  const capabilities = { elicitation: {} };
  ask(1, 'initialize', { ...INTRODUCTION, capabilities });
  return { responder, ask, errorTo };
}

test('a result that cannot be written is an error in both eras, not silence', async () => {
  const { responder, ask, errorTo } = writing();
  responder.on('tools/call:deep', () => complete({ content: [deep()] }));
  ask(2, 'tools/call', { name: 'deep' });
  expect(await errorTo(2)).toBe(-32603);
  ask(3, 'tools/call', { name: 'deep', _meta: ENVELOPE });
  expect(await errorTo(3)).toBe(-32603);
});

test('a question that cannot be written ends its request with an error', async () => {
  const { responder, ask, errorTo } = writing();
  responder.on('tools/call:ask', () =>
    needs({ question: { method: 'elicitation/create', params: { message: 'Sure?', requestedSchema: deep() } } }),
  );
  ask(2, 'tools/call', { name: 'ask' });
  expect(await errorTo(2)).toBe(-32603);
});

test('an outcome that is none is an error too', async () => {
  const { responder, ask, errorTo } = writing();
  responder.on('tools/call:odd', () => ({ result: undefined }) as never);
  ask(2, 'tools/call', { name: 'odd' });
  expect(await errorTo(2)).toBe(-32603);
});
