import { expect, test } from 'vitest';
import { createOlderPrograms, isOlder } from '../../../main/agent/older-programs.ts';
import { createLog, type LogEntry } from '../../../main/journal/log.ts';

test.each([
  ['1.2.3', '1.2.4', true],
  ['1.2.9', '1.2.10', true],
  ['1.9.0', '1.10.0', true],
  ['9.0.0', '10.0.0', true],
  ['1.2.3', '1.2.3', false],
  ['1.2.3-beta.1', '1.2.3', false],
  ['1.2.4', '1.2.3', false],
  ['2.0.0', '1.9.9', false],
])('%s is older than %s: %s', (version, than, older) => expect(isOlder(version, than)).toBe(older));

test('older programs are told of once for each version, and no more of them than a log can bear', () => {
  const entries: LogEntry[] = [];
  const log = createLog([{ write: (entry) => void entries.push(entry), close: async () => {} }]);
  const heard = createOlderPrograms(log, '2.0.0');
  for (const version of ['2.0.0', '2.0.1', '1.9.0', '', '1.9.0', '', '3.0.0']) heard(version);
  expect(entries).toMatchObject([
    { event: 'older-program', fields: { version: '1.9.0', agent: '2.0.0' } },
    { event: 'older-program', fields: { version: 'unknown', agent: '2.0.0' } },
  ]);
  for (let patch = 0; patch < 1_000; patch += 1) heard(`1.0.${patch}`);
  expect(entries).toHaveLength(50);
});
