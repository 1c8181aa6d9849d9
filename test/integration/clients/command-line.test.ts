import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { appViewSchema, connectionPlanSchema } from '../../../shared/app-views.ts';
import { addedClientSchema } from '../../../shared/local-api.ts';
import { createLaptop, type Laptop, WITHOUT_KEYCHAIN } from '../laptop.ts';
import { endAllChildren } from '../program.ts';
import { broken, entriesIn, handWritten, keyIn, putFile } from './app-files.ts';

// One laptop with three apps on it, used in this order as an administrator's script would.

let laptop: Laptop;
const file = { codex: '', goose: '', kiro: '' };
beforeAll(async () => {
  // Variables lead to the files, so that the test does not depend on the system's table of paths.
  laptop = await createLaptop({
    env: (home) => ({
      CODEX_HOME: join(home, 'codex'),
      XDG_CONFIG_HOME: join(home, 'config'),
      PATH: join(home, 'bin'),
    }),
  });
  file.codex = join(laptop.home, 'codex', 'config.toml');
  file.goose = join(laptop.home, 'config', 'goose', 'config.yaml');
  file.kiro = join(laptop.home, '.kiro', 'settings', 'mcp.json');
  putFile(file.codex, handWritten('codex'));
  putFile(file.goose, broken('goose').text);
  putFile(file.kiro, handWritten('kiro'));
  await laptop.startAgent(WITHOUT_KEYCHAIN);
});
afterAll(async () => {
  await endAllChildren();
  await laptop.close();
});

const NOTHING_WRITTEN = () => {
  expect(readFileSync(file.codex, 'utf8')).toBe(handWritten('codex'));
  expect(readFileSync(file.kiro, 'utf8')).toBe(handWritten('kiro'));
};

test('a dry run shows what would be written, without a key, and writes nothing', async () => {
  const { exitCode, stdout } = await laptop.run('client', 'add', 'codex', '--dry-run');
  expect(exitCode).toBe(0);
  expect(stdout).toContain(`Would add to ${file.codex}:`);
  expect(stdout).toContain('lk_…');
  const plans = connectionPlanSchema
    .array()
    .parse(JSON.parse((await laptop.run('client', 'add', '--found', '--dry-run', '--json')).stdout));
  expect(plans.map((plan) => plan.file)).toEqual(expect.arrayContaining([file.codex, file.kiro]));
  expect(plans.map((plan) => plan.file)).not.toContain(file.goose);
  expect((await laptop.state()).clients).toEqual([]);
  NOTHING_WRITTEN();
});

test('all that were found are connected; the file that does not parse is told with its place, and the exit code', async () => {
  const { exitCode, stdout, stderr } = await laptop.run('client', 'add', '--found', '--json');
  expect(exitCode).toBe(1);
  expect(stderr).toContain(file.goose);
  expect(stderr).toMatch(broken('goose').place);
  expect(stdout + stderr).not.toContain('lk_');
  const added = addedClientSchema.array().parse(JSON.parse(stdout));
  expect(added.map(({ client }) => client.kind)).toEqual(expect.arrayContaining(['codex', 'kiro']));
  expect(Object.keys(entriesIn(file.codex, 'codex'))).toContain('lanyard-notes');
  expect(keyIn(file.kiro)).not.toBe('');
  expect(readFileSync(file.goose, 'utf8')).toBe(broken('goose').text);
});

test('the list tells what is connected, and what is not as it should be', async () => {
  putFile(file.codex, readFileSync(file.codex, 'utf8').replace('/tickets/', '/elsewhere/'));
  const { stdout } = await laptop.run('client', 'list');
  expect(stdout).toMatch(/^kiro +Kiro +/m);
  expect(stdout).toMatch(/^codex +Codex +.*changed: The entry "lanyard-tickets" has another address\./m);
  expect(stdout).toMatch(/^goose +goose +file cannot be edited +/m);
  const apps = appViewSchema.array().parse(JSON.parse((await laptop.run('client', 'list', '--apps', '--json')).stdout));
  expect(apps.find(({ kind }) => kind === 'codex')).toMatchObject({ status: 'changed', client: 'codex' });
  expect(apps.find(({ kind }) => kind === 'kiro')).toMatchObject({ status: 'connected', file: file.kiro });
});

test('a second run for all connects nothing anew, and what was undone is as it was', async () => {
  const key = keyIn(file.kiro);
  const { stdout } = await laptop.run('client', 'add', '--found');
  expect(stdout).toBe('There is no app to connect.\n');
  expect(keyIn(file.kiro)).toBe(key);
  for (const { id } of (await laptop.state()).clients)
    expect((await laptop.run('client', 'remove', id)).exitCode).toBe(0);
  NOTHING_WRITTEN();
  expect(existsSync(laptop.paths.clients)).toBe(true);
});

test.each([
  [['client', 'add'], 'name a client'],
  [['client', 'add', 'claude-desktop', '--transport', 'http'], 'Claude Desktop cannot be connected over http'],
])('%j ends with 2 and a sentence', async (args, sentence) => {
  const { exitCode, stderr } = await laptop.run(...args);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(sentence);
});
