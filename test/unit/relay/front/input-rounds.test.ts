import { expect, test, vi } from 'vitest';
import { answerInRounds, type RoundsContext } from '../../../../main/relay/front/input-rounds.ts';
import { capabilityFor, isCovered } from '../../../../main/relay/mcp/input-capability.ts';
import type { Members, RpcRequest } from '../../../../main/relay/mcp/rpc.ts';
import { needs, text } from '../../../integration/relay/front/scripted-responder.ts';

const REQUEST: RpcRequest = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'x' } };
const ROOTS = { method: 'roots/list' };

function context(overrides: Partial<RoundsContext>): RoundsContext {
  return {
    answer: async () => text('done'),
    ask: async () => ({ result: {} }),
    capabilities: { roots: {} },
    newId: () => 'new',
    pause: async () => {},
    signal: new AbortController().signal,
    ...overrides,
  };
}

test.each<[string, Members | undefined, Members, boolean]>([
  ['roots/list', undefined, {}, false],
  ['roots/list', undefined, { roots: {} }, true],
  ['elicitation/create', {}, { elicitation: {} }, true],
  ['elicitation/create', { mode: 'form' }, { elicitation: { url: {} } }, false],
  ['elicitation/create', { mode: 'url' }, { elicitation: {} }, false],
  ['elicitation/create', { mode: 'url' }, { elicitation: { url: {} } }, true],
  ['sampling/createMessage', {}, { sampling: {} }, true],
  ['sampling/createMessage', { tools: [] }, { sampling: {} }, false],
  ['sampling/createMessage', { toolChoice: {} }, { sampling: { tools: {} } }, true],
])('%s with %j of a client with %j', (method, params, declared, expected) => {
  expect(isCovered(capabilityFor({ method, params }) ?? {}, declared)).toBe(expected);
});

test('pauses grow, and have a longest', async () => {
  const pauses: number[] = [];
  const outcome = await answerInRounds(
    REQUEST,
    context({ answer: async () => needs(undefined, 's'), pause: async (ms) => void pauses.push(ms) }),
  );
  expect(outcome).toMatchObject({ error: { code: -32603 } });
  expect(pauses.slice(0, 4)).toEqual([250, 500, 1_000, 2_000]);
  expect(pauses).toHaveLength(16);
  expect(Math.max(...pauses)).toBe(30_000);
});

test.each([
  ['neither questions nor state', needs(undefined)],
  ['questions of another shape', { result: { resultType: 'input_required', inputRequests: { a: 1 } } }],
  ['a question that MCP lacks', needs({ a: { method: 'tools/list' } })],
  ['very many questions', needs(Object.fromEntries(Array.from({ length: 33 }, (_, at) => [`q${at}`, ROOTS])))],
])('%s is an error of the server', async (_what, outcome) => {
  const ask = vi.fn();
  expect(await answerInRounds(REQUEST, context({ answer: async () => outcome, ask }))).toMatchObject({
    error: { code: -32603 },
  });
  expect(ask).not.toHaveBeenCalled();
});

test('nothing is asked or sent after an abort', async () => {
  const abort = new AbortController();
  const answer = vi.fn(async () => needs({ a: ROOTS }));
  const ask = vi.fn(async () => {
    abort.abort();
    return { result: {} };
  });
  await answerInRounds(REQUEST, context({ answer, ask, signal: abort.signal }));
  expect([answer.mock.calls.length, ask.mock.calls.length]).toEqual([1, 1]);
});

test('answers and state of an earlier round are not repeated', async () => {
  const sent: (Members | undefined)[] = [];
  const outcomes = [needs({ a: ROOTS }, 'one'), needs({ b: ROOTS }), text('done')];
  const answer = async ({ params }: RpcRequest) => {
    sent.push(params);
    return outcomes.shift() ?? text('');
  };
  await answerInRounds(REQUEST, context({ answer }));
  expect(sent).toEqual([
    { name: 'x' },
    { name: 'x', inputResponses: { a: {} }, requestState: 'one' },
    { name: 'x', inputResponses: { b: {} } },
  ]);
});
