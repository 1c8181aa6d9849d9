import { expect, test } from 'vitest';
import { createFreshLists } from '../../../../main/relay/lists/fresh-lists.ts';
import type { Exchange } from '../../../../main/relay/mcp/responder.ts';
import type { RpcRequest } from '../../../../main/relay/mcp/rpc.ts';
import { createVirtualTime } from '../../../virtual-time.ts';
import { problemFrom } from '../../fixtures.ts';

const HOUR_MS = 3_600_000;
const LISTS = { result: { resultType: 'complete' } };

const exchange: Exchange = {
  conversation: { id: 'c', client: 'tester', transport: 'http' },
  signal: new AbortController().signal,
  notify: () => {},
};
const request = (method: string): RpcRequest => ({ jsonrpc: '2.0', id: 1, method });

/** Servers that can be asked; those in `hanging` never answer. */
function fresh(names: readonly string[], hanging: readonly string[] = []) {
  const { clock, schedule, advance } = createVirtualTime();
  const fetched = new Map<string, number>();
  const asked: string[] = [];
  const answered: string[] = [];
  const lists = createFreshLists({
    lists: {
      fetchedAt: (name) => fetched.get(name),
      refresh: async (name) => {
        asked.push(name);
        if (hanging.includes(name)) await new Promise(() => {});
        fetched.set(name, clock());
        return {} as never;
      },
    },
    names: () => names,
    clock,
    schedule,
  });
  const responder = lists.over({
    answer: async ({ method }) => {
      answered.push(method);
      return LISTS;
    },
    end: () => {},
    reset: () => {},
  });
  const ask = (method: string) => responder.answer(request(method), exchange);
  return { lists, ask, asked, answered, advance };
}

test('nobody asks a server before somebody wants lists', async () => {
  const { lists, ask, asked } = fresh(['a', 'b']);
  lists.look();
  expect(asked).toEqual([]);
  await ask('tools/list');
  expect(asked).toEqual(['a', 'b']);
});

test('the first lists are waited for, as long as a client has patience, and only once', async () => {
  const { ask, asked, answered, advance } = fresh(['slow', 'good'], ['slow']);
  const first = ask('tools/list');
  await advance(2_400);
  expect(answered).toEqual([]);
  await advance(200);
  await first;
  expect(asked).toEqual(['slow', 'good']);
  // From here on the one that hangs delays nobody, and is not asked all the time.
  await ask('prompts/list');
  await ask('tools/list');
  expect([answered.length, asked.length]).toEqual([3, 2]);
  await advance(61_000);
  await ask('tools/list');
  expect(asked).toEqual(['slow', 'good', 'slow']);
});

test('many that hang do not keep the others from being asked', async () => {
  const hanging = Array.from({ length: 6 }, (_, index) => `h${index}`);
  const { ask, asked, advance } = fresh([...hanging, 'good'], hanging);
  const first = ask('tools/list');
  await advance(2_600);
  await first;
  expect(asked).toContain('good');
});

test('a server that a client begins to use is asked, if its lists are not of this hour', async () => {
  const { lists, asked, advance } = fresh(['a']);
  lists.use('a');
  lists.use('a');
  await advance(HOUR_MS - 1);
  lists.use('a');
  expect(asked).toEqual(['a']);
  await advance(2);
  lists.use('a');
  expect(asked).toEqual(['a', 'a']);
});

test('lists of yesterday are asked for again, and not waited for', async () => {
  const { ask, asked, advance } = fresh(['a']);
  await ask('tools/list');
  await advance(25 * HOUR_MS);
  await ask('tools/list');
  expect(asked).toEqual(['a', 'a']);
});

test('a call that waited is not made as another person; a list is theirs to see', async () => {
  const call = fresh(['slow'], ['slow']);
  const made = problemFrom(call.ask('tools/call'));
  call.lists.reset();
  await call.advance(2_600);
  expect(await made).toMatchObject({ code: 'person-changed' });
  expect(call.answered).toEqual([]);
  const list = fresh(['slow'], ['slow']);
  const listed = list.ask('tools/list');
  list.lists.reset();
  await list.advance(2_600);
  expect(await listed).toBe(LISTS);
});
