import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createLaptop, type Laptop, WITHOUT_KEYCHAIN } from '../laptop.ts';
import { isOpen } from '../ports.ts';
import { endAllChildren, startChild } from '../program.ts';

let laptop: Laptop;
beforeAll(async () => {
  laptop = await createLaptop();
});
afterEach(endAllChildren);
afterAll(() => laptop.close());

test('an agent that belongs to a process ends when that is killed, and takes out what was connected since', async () => {
  const file = join(laptop.home, '.claude.json');
  const own = '{ "numStartups": 3 }\n';
  await writeFile(file, own);
  const owner = startChild(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], laptop);
  const folder = join(laptop.home, 'demo');
  const options = ['--ends-with', String(owner.pid), '--entries-since', String(Date.now()), '--keep-in', folder];
  const agent = await laptop.startAgent(WITHOUT_KEYCHAIN, ...options);
  await laptop.login();
  expect((await laptop.run('client', 'add', 'claude-code')).exitCode).toBe(0);
  expect(await readFile(file, 'utf8')).toContain('lanyard-notes');
  const { relay } = await laptop.state();

  await owner.end('SIGKILL');
  expect((await agent.ended).exitCode).toBe(0);
  expect(agent.stderr()).toContain('owner-gone');
  expect(await readFile(file, 'utf8')).toBe(own);
  expect(await isOpen(Number(new URL(relay.url).port))).toBe(false);
  // What it kept lies apart, whole.
  expect(await readdir(folder)).toEqual(expect.arrayContaining(['insecure-vault-key', 'insecure-vault.json']));
  for (const path of [laptop.paths.insecureKey, laptop.paths.insecureVault, laptop.paths.lists, laptop.paths.tally])
    expect(existsSync(path)).toBe(false);
});

test('one that is told to stop takes out what was connected since as well', async () => {
  const file = join(laptop.home, '.claude.json');
  const own = '{ "numStartups": 4 }\n';
  await writeFile(file, own);
  const agent = await laptop.startAgent(WITHOUT_KEYCHAIN, '--entries-since', String(Date.now()));
  expect((await laptop.run('client', 'add', 'claude-code')).exitCode).toBe(0);
  expect(await readFile(file, 'utf8')).toContain('lanyard-notes');
  await laptop.run('stop');
  expect((await agent.ended).exitCode).toBe(0);
  expect(await readFile(file, 'utf8')).toBe(own);
});

test('one that belongs to a process which is gone already does not stay', async () => {
  const owner = startChild(process.execPath, ['-e', ''], laptop);
  await owner.ended;
  const agent = laptop.start('agent', '--policy', laptop.policyFile, WITHOUT_KEYCHAIN, '--ends-with', `${owner.pid}`);
  expect((await agent.ended).exitCode).toBe(0);
});

test.each(['0', '-1', '1.5', 'x', ''])('a process cannot be called "%s"', async (pid) => {
  const { exitCode, stderr } = await laptop.run('agent', `--ends-with=${pid}`);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('--ends-with');
});

test('these options are the app’s own: help does not name them', async () => {
  expect((await laptop.run('agent', '--help')).stdout).not.toMatch(/--ends-with|--keep-in|--entries-since/);
});
