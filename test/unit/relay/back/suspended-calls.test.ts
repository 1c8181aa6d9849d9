import { expect, test } from 'vitest';
import { createSuspendedCalls, type Suspended } from '../../../../main/relay/back/suspended-calls.ts';
import type { RpcRequest } from '../../../../main/relay/mcp/rpc.ts';
import { manualSchedule } from '../../identity/manual-schedule.ts';

const REQUEST: RpcRequest = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'remove' } };

function waiting() {
  const calls = createSuspendedCalls(manualSchedule().schedule);
  const released: string[] = [];
  const put = (client: string, state: string) => {
    const conversation = { id: `conversation of ${client}`, client, transport: 'http' };
    const used = { release: () => void released.push(state) };
    return calls.put(state, { conversation, request: REQUEST, questions: new Map(), used } as unknown as Suspended);
  };
  const take = (client: string, state: string) => calls.take(state, `conversation of ${client}`, REQUEST);
  return { put, take, released };
}

test('a client that lets many calls wait gives up its own oldest, and nobody else’s', () => {
  const { put, take, released } = waiting();
  put('victim', 'theirs');
  for (let index = 0; index < 100; index += 1) put('greedy', `${index}`);
  expect(released).toEqual(Array.from({ length: 68 }, (_, index) => `${index}`));
  expect(take('victim', 'theirs')).toBeDefined();
});

test('where all shares are taken a newcomer is refused', () => {
  const { put, released } = waiting();
  for (const client of ['a', 'b', 'c', 'd']) for (let index = 0; index < 32; index += 1) put(client, client + index);
  expect(put('newcomer', 'one')).toBe(false);
  expect(released).toEqual([]);
  expect(put('a', 'one more')).toBe(true);
  expect(released).toEqual(['a0']);
});
