import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLaptop, type Laptop, WITHOUT_KEYCHAIN } from '../laptop.ts';
import { endAllChildren, PROGRAM } from '../program.ts';

let laptop: Laptop;
beforeAll(async () => {
  laptop = await createLaptop();
  await laptop.startAgent(WITHOUT_KEYCHAIN);
});
afterAll(async () => {
  await endAllChildren();
  await laptop.close();
});

async function links(...args: readonly string[]): Promise<readonly URL[]> {
  const { exitCode, stdout, stderr } = await laptop.run('client', 'link', ...args);
  expect([exitCode, stderr]).toEqual([0, '']);
  expect(stdout).not.toContain('lk_');
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => new URL(line));
}

const entryOf = (link: URL | undefined) =>
  JSON.parse(Buffer.from(link?.searchParams.get('config') ?? '', 'base64').toString('utf8'));

test('"client link" prints one address for each server, which starts the shim', async () => {
  const found = await links('cursor');
  const { servers } = await laptop.state();
  expect(found.map((link) => link.searchParams.get('name'))).toEqual(servers.map(({ name }) => `lanyard-${name}`));
  for (const [index, { name }] of servers.entries())
    expect(entryOf(found[index])).toEqual({
      command: process.execPath,
      args: [PROGRAM, 'stdio', name, '--client', 'cursor'],
    });
});

test('it takes single servers, and the gateway', async () => {
  expect((await links('cursor', '--server', 'notes', 'tickets')).map(entryOf).map(({ args }) => args[2])).toEqual([
    'notes',
    'tickets',
  ]);
  const [gateway, ...others] = await links('vscode', '--gateway');
  expect(others).toEqual([]);
  expect(JSON.parse(decodeURIComponent(gateway?.search.slice(1) ?? ''))).toMatchObject({
    name: 'lanyard',
    args: [PROGRAM, 'stdio', '--client', 'vscode'],
  });
});

test('nothing is connected or written by it', async () => {
  expect((await laptop.state()).clients).toEqual([]);
  expect(existsSync(join(laptop.home, '.cursor'))).toBe(false);
});

test.each([
  [['zed'], 2, 'vscode, vscode-insiders, cursor, lm-studio'],
  [['cursor', '--server', 'nowhere'], 2, 'no server "nowhere"'],
  [['notepad'], 2, 'error:'],
])('%j is answered with a sentence', async (args, expected, sentence) => {
  const { exitCode, stdout, stderr } = await laptop.run('client', 'link', ...args);
  expect([exitCode, stdout]).toEqual([expected, '']);
  expect(stderr).toContain(sentence);
});
