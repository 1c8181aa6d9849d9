import { expect, test } from 'vitest';
import { createMcpSessionOwners } from '../../../main/relay/mcp-session-owners.ts';

test('an MCP session is another person’s as soon as another one is signed in', () => {
  let person: string | undefined = 'ada';
  const owners = createMcpSessionOwners(() => person);
  owners.opened('of-ada');
  expect([owners.isForeign('of-ada'), owners.isForeign('unknown')]).toEqual([false, false]);
  person = undefined;
  expect(owners.isForeign('of-ada')).toBe(false);
  person = 'bob';
  owners.opened('of-bob');
  expect([owners.isForeign('of-ada'), owners.isForeign('of-bob')]).toEqual([true, false]);
  person = 'ada';
  expect([owners.isForeign('of-ada'), owners.isForeign('of-bob')]).toEqual([false, true]);
});

test('the oldest are forgotten first', () => {
  let person = 'ada';
  const owners = createMcpSessionOwners(() => person);
  for (let id = 0; id <= 10_000; id += 1) owners.opened(String(id));
  person = 'bob';
  expect(['0', '1', '10000'].map(owners.isForeign)).toEqual([false, true, true]);
});
