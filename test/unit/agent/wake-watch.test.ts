import { expect, test } from 'vitest';
import { createWake } from '../../../main/agent/wake.ts';
import { type Change, judgeLooks, machineAddresses, watchWake } from '../../../main/agent/wake-watch.ts';
import { createLog } from '../../../main/journal/log.ts';
import { createVirtualTime } from '../../virtual-time.ts';
import { memorySink } from '../fixtures.ts';

const HOUR_MS = 3_600_000;

test.each([
  ['nothing', 2_000, 'a', 'a', undefined],
  ['a busy machine', 11_999, 'a', 'a', undefined],
  ['sleep', 12_000, 'a', 'a', { sleptMs: 10_000 }],
  ['a night', 8 * HOUR_MS, 'a', 'b', { sleptMs: 8 * HOUR_MS - 2_000 }],
  ['another network', 2_000, 'a', 'b', { sleptMs: 0 }],
  ['a network that comes back', 2_000, '', 'a', { sleptMs: 0 }],
  ['a network that is lost', 2_000, 'a', '', undefined],
  ['a clock that is set back', -HOUR_MS, 'a', 'a', undefined],
] as const)('two looks tell of %s', (_what, passedMs, before, now, expected) => {
  const at = 1_000_000_000;
  expect(judgeLooks({ at, addresses: before }, { at: at + passedMs, addresses: now })).toEqual(expected);
});

function watching() {
  const time = createVirtualTime();
  const machine = { addresses: '192.0.2.1' };
  const changes: Change[] = [];
  const watch = watchWake({ ...time, addresses: () => machine.addresses, onChange: (change) => changes.push(change) });
  return { ...time, machine, changes, watch };
}

test('sleep is noticed by itself, once, within two seconds of waking', async () => {
  const { sleep, advance, changes } = watching();
  await advance(HOUR_MS);
  expect(changes).toEqual([]);
  sleep(HOUR_MS);
  await advance(2_000);
  expect(changes).toEqual([{ sleptMs: HOUR_MS }]);
  await advance(HOUR_MS);
  expect(changes).toHaveLength(1);
});

test('the first call after waking notices it, and calls on an awake machine notice nothing', async () => {
  const { sleep, advance, changes, watch } = watching();
  await advance(1_000);
  watch.peek();
  sleep(HOUR_MS);
  watch.peek();
  watch.peek();
  expect(changes).toEqual([{ sleptMs: HOUR_MS - 1_000 }]);
  await advance(HOUR_MS);
  expect(changes).toHaveLength(1);
});

test('a change of network is noticed, and what the desktop tells too', async () => {
  const { machine, advance, changes, watch } = watching();
  machine.addresses = '192.0.2.2';
  await advance(2_000);
  expect(changes).toEqual([{ sleptMs: 0 }]);
  watch.told();
  expect(changes).toHaveLength(2);
});

test('what the desktop tells of waking is known with its length, and not noticed a second time', async () => {
  const { sleep, advance, changes, watch } = watching();
  sleep(HOUR_MS);
  watch.told();
  await advance(10_000);
  expect(changes).toEqual([{ sleptMs: HOUR_MS - 2_000 }]);
});

test('a closed watch looks no more', async () => {
  const { sleep, advance, changes, watch, waiting } = watching();
  watch.close();
  sleep(HOUR_MS);
  await advance(HOUR_MS);
  expect([changes, waiting()]).toEqual([[], 0]);
});

test('the machine’s own addresses leave out those that lead nowhere', () => {
  expect(machineAddresses()).not.toMatch(/(^| )(127\.|::1|fe80:)/);
});

test.each([
  [0, ['finish', 30_000, [0, 30_000], 'network-changed']],
  [30_000, ['finish', 2_000, [30_000, 2_000], 'woke']],
  [60_000, ['cut', 2_000, [60_000, 2_000], 'woke']],
])('after %i ms of sleep: connections, session, grants and log', (sleptMs, expected) => {
  const told: unknown[] = [];
  const sink = memorySink();
  const wake = createWake({
    egress: { renew: (old) => told.push(old) },
    session: { wake: (spreadMs) => told.push(spreadMs) },
    grants: { wake: (...what) => told.push(what) },
    log: createLog([sink]),
  });
  wake({ sleptMs });
  expect([...told, sink.entries[0]?.event]).toEqual(expected);
});
