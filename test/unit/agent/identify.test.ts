import { expect, test } from 'vitest';
import { createIdentify } from '../../../main/agent/identify.ts';
import { hashLocalKey } from '../../../main/clients/local-key.ts';
import { createLog } from '../../../main/journal/log.ts';
import { memorySink, virtualClock } from '../fixtures.ts';

test('a key that nobody has is logged once a minute, without the key; a good one is not', () => {
  const clock = virtualClock();
  const sink = memorySink();
  const registry = { identify: (hash: string) => (hash === hashLocalKey('lk_good') ? 'claude-code' : undefined) };
  const identify = createIdentify({ registry, log: createLog([sink], clock), clock });
  expect(identify('lk_good')).toBe('claude-code');
  expect(sink.entries).toEqual([]);
  for (const afterMs of [0, 1, 59_998]) {
    clock.advance(afterMs);
    expect(identify('lk_wrong')).toBeUndefined();
  }
  expect(sink.entries).toMatchObject([{ level: 'warn', event: 'wrong-local-key' }]);
  expect(JSON.stringify(sink.entries)).not.toContain('lk_wrong');
  clock.advance(1);
  identify('lk_wrong');
  expect(sink.entries).toHaveLength(2);
});
