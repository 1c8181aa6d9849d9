import { expect, test } from 'vitest';
import { giveHeaders } from '../../../main/agent/give-headers.ts';
import { createHeaderKeys } from '../../../main/agent/header-keys.ts';
import { hashLocalKey } from '../../../main/clients/local-key.ts';
import { problemFrom, virtualClock } from '../fixtures.ts';

const HOUR_MS = 60 * 60_000;

function opened() {
  const clock = virtualClock();
  const keys = createHeaderKeys(clock);
  return { clock, keys, whose: (key: string) => keys.identify(hashLocalKey(key)) };
}

test('a key opens its one server, and only that; one for all opens each', () => {
  const { keys, whose } = opened();
  const notes = whose(keys.give({ client: 'codex', server: 'notes' })) ?? '';
  expect(['notes', 'tickets'].map((server) => keys.mayReach(notes, server))).toEqual([true, false]);
  const all = whose(keys.give({ client: 'codex' })) ?? '';
  expect(['notes', 'tickets'].map((server) => keys.mayReach(all, server))).toEqual([true, true]);
  expect([notes, all].map(keys.clientOf)).toEqual(['codex', 'codex']);
});

test('each client has its own key for each server, in the form of all local keys, the same while it is in use', () => {
  const { keys } = opened();
  const given = [
    keys.give({ client: 'codex', server: 'notes' }),
    keys.give({ client: 'codex', server: 'tickets' }),
    keys.give({ client: 'claude-code', server: 'notes' }),
    keys.give({ client: 'codex' }),
  ];
  expect(new Set(given).size).toBe(4);
  for (const key of given) expect(key).toMatch(/^lk_[\w-]{43}$/);
  expect(keys.give({ client: 'codex', server: 'notes' })).toBe(given[0]);
  expect(createHeaderKeys(() => 0).give({ client: 'codex', server: 'notes' })).not.toBe(given[0]);
});

test('other clients are none of its business', () => {
  const { keys, whose } = opened();
  expect(whose('lk_unknown')).toBeUndefined();
  expect(keys.mayReach('codex', 'notes')).toBeUndefined();
  expect(keys.clientOf('snippet-1')).toBe('snippet-1');
});

test('a key ends a day after it was last shown or asked for, and never comes back', () => {
  const { clock, keys, whose } = opened();
  const key = keys.give({ client: 'codex', server: 'notes' });
  const id = whose(key) ?? '';
  clock.advance(20 * HOUR_MS);
  expect(whose(key)).toBe(id);
  clock.advance(20 * HOUR_MS);
  expect(keys.give({ client: 'codex', server: 'notes' })).toBe(key);
  clock.advance(24 * HOUR_MS);
  expect(whose(key)).toBe(id);
  clock.advance(24 * HOUR_MS + 1);
  expect(whose(key)).toBeUndefined();
  expect(keys.mayReach(id, 'notes')).toBe(false);
  expect(keys.give({ client: 'codex', server: 'notes' })).not.toBe(key);
  expect(whose(key)).toBeUndefined();
});

test('when the client is removed, all its keys end, and only its', () => {
  const { keys, whose } = opened();
  const ended = [keys.give({ client: 'codex', server: 'notes' }), keys.give({ client: 'codex' })];
  const other = keys.give({ client: 'codex-cli', server: 'notes' });
  expect(keys.remove('codex')).toEqual(['codex@notes', 'codex@*']);
  expect(ended.map(whose)).toEqual([undefined, undefined]);
  expect(whose(other)).toBe('codex-cli@notes');
});

test('of more than 1,000 keys the one unused for longest ends', () => {
  const { clock, keys, whose } = opened();
  const given = Array.from({ length: 1_000 }, (_, index) => {
    clock.advance(1);
    return keys.give({ client: `client-${index}` });
  });
  clock.advance(1);
  whose(given[0] ?? '');
  const newest = keys.give({ client: 'newest' });
  expect([given[0] ?? '', given[1] ?? '', given[2] ?? '', newest].map((key) => whose(key) !== undefined)).toEqual([
    true,
    false,
    true,
    true,
  ]);
});

test('where policy does not allow it, no key is made; for a server that nobody approved neither', async () => {
  const { keys } = opened();
  const give = (isAllowed: boolean, server: string) => () =>
    giveHeaders({ client: 'codex', server }, { isAllowed, keys, servers: ['notes'] });
  expect((await problemFrom(give(false, 'notes'))).code).toBe('headers-not-allowed');
  expect((await problemFrom(give(true, 'payroll'))).code).toBe('unknown-server');
  expect(keys.remove('codex')).toEqual([]);
  expect(give(true, 'notes')()).toEqual({
    headers: { 'Lanyard-Key': keys.give({ client: 'codex', server: 'notes' }) },
  });
});
