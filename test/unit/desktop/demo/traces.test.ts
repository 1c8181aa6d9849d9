import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { demoTraces } from '../../../../main/desktop/demo/traces.ts';
import { keptIn, type LocalPaths, localPaths } from '../../../../shared/paths.ts';

const NOW = 1_000;
let home: string;
let paths: LocalPaths;
const names = async () => (await readdir(paths.state)).sort();
const personsFiles = ({ vault, insecureKey, insecureVault, lists, tally }: LocalPaths) => [
  vault,
  insecureKey,
  insecureVault,
  lists,
  tally,
];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'demo-traces-'));
  paths = localPaths(home);
});
afterEach(() => rm(home, { recursive: true, force: true }));

test('the policy lies where this person alone can read it', async () => {
  const traces = demoTraces(paths, () => NOW);
  expect(await traces.leave({ company: 'Demo' })).toBe(NOW);
  expect(JSON.parse(await readFile(traces.policyFile, 'utf8'))).toEqual({ company: 'Demo' });
  expect((await stat(traces.policyFile)).mode & 0o777).toBe(0o600);
  expect((await stat(dirname(traces.policyFile))).mode & 0o777).toBe(0o700);
  expect(await traces.startedAt()).toBe(NOW);
});

test('what the demo and its agent wrote goes', async () => {
  const traces = demoTraces(paths, () => NOW);
  await traces.leave({});
  for (const file of personsFiles(keptIn(paths, traces.folder))) await writeFile(file, 'demo');
  await traces.remove();
  expect(await names()).toEqual([]);
});

test('a note that stayed behind is no reason to touch what another agent wrote since', async () => {
  await mkdir(paths.state, { recursive: true });
  await demoTraces(paths, () => NOW).leave({});
  for (const file of [...personsFiles(paths), paths.clients, paths.log]) await writeFile(file, 'of a real company');
  const written = (await names()).filter((name) => name !== 'demo');
  await demoTraces(paths, () => NOW + 1).remove();
  expect(await names()).toEqual(written);
});

test('after a crash the next app finds out when the demo began, and clears it away', async () => {
  await demoTraces(paths, () => NOW).leave({});
  const later = demoTraces(paths, () => NOW + 1);
  expect(await later.startedAt()).toBe(NOW);
  await later.remove();
  expect(await names()).toEqual([]);
  expect(await later.startedAt()).toBeUndefined();
});

test('a note that cannot be read tells nothing, and the folder goes all the same', async () => {
  const traces = demoTraces(paths, () => NOW);
  await traces.leave({});
  await writeFile(join(traces.folder, 'note.json'), '{');
  expect(await traces.startedAt()).toBeUndefined();
  await traces.remove();
  expect(await names()).toEqual([]);
});

test('where there was never a demo there is nothing to remove', async () => {
  await demoTraces(paths, () => NOW).remove();
  expect(await readdir(home)).toEqual([]);
});
