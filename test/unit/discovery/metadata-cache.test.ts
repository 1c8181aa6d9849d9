import { expect, test } from 'vitest';
import type { ServerMetadata } from '../../../main/discovery/discover.ts';
import { createMetadataCache, METADATA_LIFE_MS } from '../../../main/discovery/metadata-cache.ts';
import { virtualClock } from '../fixtures.ts';

function metadata(resource: string): ServerMetadata {
  return { resource, authorizationServer: { issuer: 'https://as', token_endpoint: 'https://as/token' } };
}

/** Discoveries that end when the test says so. */
function discoveries() {
  const started: PromiseWithResolvers<ServerMetadata>[] = [];
  return {
    started,
    discover: () => {
      const next = Promise.withResolvers<ServerMetadata>();
      started.push(next);
      return next.promise;
    },
  };
}

test('any number of callers share one discovery', async () => {
  const cache = createMetadataCache(virtualClock());
  const { started, discover } = discoveries();
  const callers = Array.from({ length: 100 }, () => cache.get('notes', discover));
  expect(started).toHaveLength(1);
  started[0]?.resolve(metadata('r'));
  for (const caller of callers) expect(await caller).toEqual(metadata('r'));
  expect(await cache.get('notes', discover)).toEqual(metadata('r'));
  expect(started).toHaveLength(1);
});

test('servers do not share', () => {
  const cache = createMetadataCache(virtualClock());
  const { started, discover } = discoveries();
  void cache.get('notes', discover);
  void cache.get('tickets', discover);
  expect(started).toHaveLength(2);
});

test('metadata is asked for anew when it has grown old, or was dropped', () => {
  const clock = virtualClock();
  const cache = createMetadataCache(clock);
  const { started, discover } = discoveries();
  void cache.get('notes', discover);
  clock.advance(METADATA_LIFE_MS - 1);
  void cache.get('notes', discover);
  expect(started).toHaveLength(1);
  clock.advance(1);
  void cache.get('notes', discover);
  expect(started).toHaveLength(2);
  cache.drop('notes');
  void cache.get('notes', discover);
  expect(started).toHaveLength(3);
});

test('a failure is told to everyone who waits and is not remembered', async () => {
  const cache = createMetadataCache(virtualClock());
  const { started, discover } = discoveries();
  const callers = [cache.get('notes', discover), cache.get('notes', discover)];
  started[0]?.reject(new Error('down'));
  for (const caller of callers) await expect(caller).rejects.toThrow('down');
  void cache.get('notes', discover);
  expect(started).toHaveLength(2);
});

test('a failure that comes late does not take away what was found since', async () => {
  const cache = createMetadataCache(virtualClock());
  const { started, discover } = discoveries();
  const first = cache.get('notes', discover);
  cache.drop('notes');
  const second = cache.get('notes', discover);
  started[1]?.resolve(metadata('new'));
  started[0]?.reject(new Error('late'));
  await expect(first).rejects.toThrow('late');
  await second;
  expect(await cache.get('notes', discover)).toEqual(metadata('new'));
  expect(started).toHaveLength(2);
});

test('what its caller has given up is asked for anew at once; what was found before stays', async () => {
  const cache = createMetadataCache(virtualClock());
  const { started, discover } = discoveries();
  const giveUp = new AbortController();
  const first = cache.get('notes', discover, giveUp.signal);
  giveUp.abort();
  const next = new AbortController();
  const second = cache.get('notes', discover, next.signal);
  expect(started).toHaveLength(2);
  started[0]?.reject(new Error('given up'));
  started[1]?.resolve(metadata('new'));
  await expect(first).rejects.toThrow('given up');
  await second;
  next.abort();
  expect(await cache.get('notes', discover)).toEqual(metadata('new'));
  expect(started).toHaveLength(2);
});
