import { expect, test } from 'vitest';
import { entriesOfLastPerson } from '../../../main/journal/last-person.ts';
import type { LogEntry } from '../../../main/journal/log.ts';

/** `in ada`, `out ada`, or any other event. */
const log = (...words: readonly string[]): LogEntry[] =>
  words.map((word) => {
    const [event, subject] = word.split(' ');
    const name = { in: 'signed-in', out: 'signed-out' }[event ?? ''] ?? word;
    return { time: '2026-01-02T03:04:05.000Z', level: 'info', event: name, fields: { subject } };
  });

test.each([
  ['nobody', [], [], undefined],
  ['no word of anybody', ['call'], ['call'], undefined],
  ['one person', ['call', 'in ada', 'call'], ['in ada', 'call'], 'ada'],
  ['one person, twice', ['in ada', 'call', 'in ada', 'call'], ['in ada', 'call', 'in ada', 'call'], 'ada'],
  ['one person, who signed out', ['call', 'out ada', 'woke'], ['call', 'out ada', 'woke'], 'ada'],
  ['another person', ['in ada', 'call', 'in bob', 'woke'], ['in bob', 'woke'], 'bob'],
  ['another person after a sign-out', ['in ada', 'call', 'out ada', 'x', 'in bob', 'y'], ['in bob', 'y'], 'bob'],
  ['the first one again', ['in ada', 'call', 'in bob', 'call', 'in ada', 'woke'], ['in ada', 'woke'], 'ada'],
  ['another one who signed out', ['in ada', 'call', 'in bob', 'call', 'out bob'], ['in bob', 'call', 'out bob'], 'bob'],
])('%s', (_, words, expected, subject) => {
  expect(entriesOfLastPerson(log(...words))).toEqual({
    entries: log(...expected),
    ...(subject !== undefined && { subject }),
  });
});
