import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { demoTraces } from '../../../../main/desktop/demo/traces.ts';
import { type LocalPaths, localPaths } from '../../../../shared/paths.ts';

const NOW = 1_000;
let home: string;
let paths: LocalPaths;
const names = async () => (await readdir(paths.state)).sort();
const write = (name: string) => writeFile(join(paths.state, name), name);

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'demo-traces-'));
  paths = localPaths(home);
});
afterEach(() => rm(home, { recursive: true, force: true }));

test('the policy lies where this person alone can read it', async () => {
  const traces = demoTraces(paths, () => NOW);
  await traces.leave({ company: 'Demo' });
  expect(JSON.parse(await readFile(traces.policyFile, 'utf8'))).toEqual({ company: 'Demo' });
  expect((await stat(traces.policyFile)).mode & 0o777).toBe(0o600);
  expect((await stat(dirname(traces.policyFile))).mode & 0o777).toBe(0o700);
  expect(await traces.startedAt()).toBe(NOW);
});

test('what the demo and its agent wrote goes, and nothing else', async () => {
  await mkdir(paths.state, { recursive: true });
  for (const name of ['vault.json', 'agent.log', 'clients.json']) await write(name);
  const traces = demoTraces(paths, () => NOW);
  await traces.leave({});
  for (const name of ['insecure-vault.json', 'insecure-vault.previous.json', 'insecure-vault-key', 'lists.json'])
    await write(name);
  // Another part of the same person's Lanyard, later.
  await write('anything-else.json');
  await traces.remove();
  expect(await names()).toEqual(['agent.log', 'anything-else.json', 'clients.json', 'vault.json']);
});

test('a vault without keychain and lists that were there before stay', async () => {
  await mkdir(paths.state, { recursive: true });
  for (const name of ['insecure-vault.json', 'insecure-vault-key', 'lists.json']) await write(name);
  const traces = demoTraces(paths, () => NOW);
  await traces.leave({});
  await traces.remove();
  expect(await names()).toEqual(['insecure-vault-key', 'insecure-vault.json', 'lists.json']);
});

test('after a crash the next app finds out when the demo began, and clears it away', async () => {
  await demoTraces(paths, () => NOW).leave({});
  await write('insecure-vault.json');
  const later = demoTraces(paths, () => NOW + 1);
  expect(await later.startedAt()).toBe(NOW);
  await later.remove();
  expect(await names()).toEqual([]);
  expect(await later.startedAt()).toBeUndefined();
});

test('without a note that can be read, only the demo’s own folder goes', async () => {
  const traces = demoTraces(paths, () => NOW);
  await traces.leave({});
  await write('insecure-vault.json');
  await writeFile(join(dirname(traces.policyFile), 'note.json'), '{');
  await traces.remove();
  expect(await names()).toEqual(['insecure-vault.json']);
});

test('where there was never a demo there is nothing to remove', async () => {
  await demoTraces(paths, () => NOW).remove();
  expect(await readdir(home)).toEqual([]);
});
