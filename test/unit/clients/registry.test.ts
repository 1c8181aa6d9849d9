import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hashLocalKey, makeLocalKey } from '../../../main/clients/local-key.ts';
import { type ClientRecord, openClientRegistry, viewClient } from '../../../main/clients/registry.ts';
import { redact } from '../../../main/journal/redact.ts';
import { temporaryFolder } from '../fixtures.ts';

const NOW = 1_700_000_000_000;

function record(id: string, keyHash = `hash of ${id}`): ClientRecord {
  return { id, kind: 'snippet', title: `Title of ${id}`, addedAt: 1, keyHash, entries: ['lanyard-notes'] };
}

const place = () => join(temporaryFolder(), 'clients.json');

test('what was put is known at once, and after a restart', async () => {
  const path = place();
  const registry = await openClientRegistry(path);
  expect(registry.clients).toEqual([]);
  await registry.put(record('a'));
  await registry.put(record('b'));
  for (const { clients, identify } of [registry, await openClientRegistry(path)]) {
    expect(clients).toEqual([record('a'), record('b')]);
    expect(identify('hash of b')).toBe('b');
    expect(identify('hash of c')).toBeUndefined();
  }
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('a client that is put again has its new key alone', async () => {
  const registry = await openClientRegistry(place());
  await registry.put(record('a', 'old'));
  await registry.put(record('a', 'new'));
  expect(registry.clients).toHaveLength(1);
  expect(registry.identify('old')).toBeUndefined();
  expect(registry.identify('new')).toBe('a');
});

test('a removed client is unknown at once, and after a restart', async () => {
  const path = place();
  const registry = await openClientRegistry(path);
  await registry.put(record('a'));
  await registry.put(record('b'));
  await registry.remove('a');
  await registry.remove('nobody');
  for (const { clients, identify } of [registry, await openClientRegistry(path)]) {
    expect(clients.map(({ id }) => id)).toEqual(['b']);
    expect(identify('hash of a')).toBeUndefined();
  }
});

test('a file of a newer version that holds more still knows its clients', async () => {
  const path = place();
  const newer = { version: 1, more: true, clients: [{ ...record('a', 'hash'), parts: { url: 'x' } }] };
  writeFileSync(path, JSON.stringify(newer));
  expect((await openClientRegistry(path)).identify('hash')).toBe('a');
});

test.each([
  ['is not JSON', 'oops'],
  ['is of another version', '{"version":2,"clients":[]}'],
  ['holds something else', '{"version":1,"clients":[{"id":"a"}]}'],
  ['is empty', ''],
])('a file that %s is set aside byte for byte, and a new one begins', async (_what, content) => {
  const path = place();
  writeFileSync(path, content);
  const registry = await openClientRegistry(path, () => NOW);
  expect(registry.clients).toEqual([]);
  expect(readFileSync(`${path}.unreadable-${NOW}`, 'utf8')).toBe(content);
  await registry.put(record('a'));
  expect(readdirSync(join(path, '..')).sort()).toEqual(['clients.json', `clients.json.unreadable-${NOW}`]);
});

test('a client that was removed reaches nothing, though it may have streams open, until it is put again', async () => {
  const registry = await openClientRegistry(place());
  await registry.put(record('a'));
  await registry.put({ ...record('b'), servers: ['notes'] });
  const reach = () =>
    ['a', 'b', 'a label'].map((id) => ['notes', 'tickets'].map((name) => registry.mayReach(id, name)));
  const [all, notes, nothing] = [
    [true, true],
    [true, false],
    [false, false],
  ];
  expect(reach()).toEqual([all, notes, all]);
  await registry.remove('a');
  await registry.remove('b');
  expect(reach()).toEqual([nothing, nothing, all]);
  await registry.put(record('a'));
  expect(reach()).toEqual([all, nothing, all]);
});

test('works in turn do not overlap, whatever becomes of the one before', async () => {
  const registry = await openClientRegistry(place());
  const steps: string[] = [];
  const work = (name: string, fails = false) =>
    registry.inTurn(async () => {
      steps.push(`${name} begins`);
      await Promise.resolve();
      steps.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    });
  const outcomes = await Promise.allSettled([work('a'), work('b', true), work('c')]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(steps).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
});

test('others see a client without its key’s hash', () => {
  const view = viewClient({ ...record('a'), file: '/f', made: 'section' });
  expect(view).toEqual({
    id: 'a',
    kind: 'snippet',
    title: 'Title of a',
    addedAt: 1,
    file: '/f',
    entries: ['lanyard-notes'],
  });
});

test('local keys are long, never the same, kept as a hash, and recognised by the log', () => {
  const keys = Array.from({ length: 50 }, makeLocalKey);
  expect(new Set(keys).size).toBe(50);
  for (const key of keys) {
    expect(key).toMatch(/^lk_[A-Za-z0-9_-]{43}$/);
    expect(hashLocalKey(key)).toBe(hashLocalKey(key));
    expect(hashLocalKey(key)).not.toContain(key.slice(3, 13));
    expect(redact(`key ${key}`)).toBe('key [redacted]');
  }
  expect(hashLocalKey('a')).not.toBe(hashLocalKey('b'));
});
