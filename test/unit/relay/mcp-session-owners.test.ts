import { expect, test } from 'vitest';
import { createMcpSessionOwners } from '../../../main/relay/mcp-session-owners.ts';

test('an MCP session is another person’s as soon as another one is signed in', () => {
  let person: string | undefined = 'ada';
  const owners = createMcpSessionOwners(() => person);
  owners.opened('notes', 'of-ada');
  expect([owners.isForeign('notes', 'of-ada'), owners.isForeign('notes', 'unknown')]).toEqual([false, false]);
  person = undefined;
  expect(owners.isForeign('notes', 'of-ada')).toBe(false);
  person = 'bob';
  owners.opened('notes', 'of-bob');
  expect([owners.isForeign('notes', 'of-ada'), owners.isForeign('notes', 'of-bob')]).toEqual([true, false]);
  person = 'ada';
  expect([owners.isForeign('notes', 'of-ada'), owners.isForeign('notes', 'of-bob')]).toEqual([false, true]);
});

test('the oldest are forgotten first', () => {
  let person = 'ada';
  const owners = createMcpSessionOwners(() => person);
  for (let id = 0; id <= 10_000; id += 1) owners.opened('notes', String(id));
  person = 'bob';
  expect(['0', '1', '10000'].map((id) => owners.isForeign('notes', id))).toEqual([false, true, true]);
});

test('an id says something only together with its server', () => {
  let person = 'ada';
  const owners = createMcpSessionOwners(() => person);
  owners.opened('notes', 'same');
  person = 'bob';
  owners.opened('evil', 'same');
  expect([owners.isForeign('notes', 'same'), owners.isForeign('evil', 'same')]).toEqual([true, false]);
});
