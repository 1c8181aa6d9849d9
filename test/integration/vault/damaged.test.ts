import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { previousPath } from '../../../main/vault/two-generations.ts';
import { type Fixture, startFixture } from '../fixture.ts';
import { until } from '../until.ts';

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
  await fixture.signIn('alice');
});
afterEach(() => fixture.close());

const asideOf = async (file: string) =>
  (await readdir(fixture.paths.state)).filter((name) => name.startsWith(`${basename(file)}.unreadable-`));

const events = () => fixture.logged.map(({ event }) => event);

const DAMAGES: readonly (readonly [string, (text: string) => string])[] = [
  ['cut off', (text) => text.slice(0, text.length / 2)],
  ['empty', () => ''],
  ['changed in one place', (text) => text.replace(/"data":"(.)/, (_, first) => `"data":"${first === 'A' ? 'B' : 'A'}`)],
];

test.each(DAMAGES)('a vault that is %s is set aside as it is, and the one before it goes on', async (_what, damage) => {
  const { vault, state } = fixture.paths;
  let damaged = '';
  await fixture.restart(undefined, async () => {
    damaged = damage(await readFile(vault, 'utf8'));
    await writeFile(vault, damaged);
  });
  const { vault: shown, session } = fixture.agent.state();
  expect(shown.status).toBe('ready');
  expect(session).toMatchObject({ status: 'signed-in', subject: 'u-alice' });
  const aside = await asideOf(vault);
  expect(aside).toHaveLength(1);
  expect(await readFile(join(state, aside[0] ?? ''), 'utf8')).toBe(damaged);
  expect(events()).toEqual(expect.arrayContaining(['vault-set-aside', 'vault-restored']));
  // The refresh token of an older copy may have been spent: it is tried at once.
  await until(() => events().includes('session-renewed'));
  await fixture.restart();
  expect(fixture.agent.state().session).toMatchObject({ subject: 'u-alice' });
  expect(fixture.agent.state().agent.warnings).toEqual([]);
});

test.each(DAMAGES)('two generations that are %s are both set aside, and a new sign-in works', async (_what, damage) => {
  const files = [fixture.paths.vault, previousPath(fixture.paths.vault)];
  await fixture.restart(undefined, async () => {
    for (const file of files) await writeFile(file, damage(await readFile(file, 'utf8')));
  });
  const { vault: shown, session } = fixture.agent.state();
  expect(shown.status).toBe('ready');
  expect(session).toEqual({ status: 'signed-out' });
  for (const file of files) expect(await asideOf(file)).toHaveLength(1);
  await fixture.signIn('alice');
  await fixture.restart();
  expect(fixture.agent.state().session).toMatchObject({ subject: 'u-alice' });
});

test('a vault that is missing is replaced by the one before it', async () => {
  await fixture.restart(undefined, () => rm(fixture.paths.vault));
  expect(fixture.agent.state().session).toMatchObject({ status: 'signed-in', subject: 'u-alice' });
});

test('a vault that is missing is told, until the next start', async () => {
  await fixture.restart(undefined, () => rm(fixture.paths.vault));
  expect(fixture.agent.state().agent.warnings).toEqual([
    'The newest file of the vault was missing or unusable, so the copy from before its last change is in use.',
  ]);
  await until(() => events().includes('session-renewed'));
  await fixture.restart();
  expect(fixture.agent.state().agent.warnings).toEqual([]);
});

test('a vault that is missing after a sign-out brings nobody back', async () => {
  await fixture.agent.acts.signOut();
  await fixture.restart(undefined, () => rm(fixture.paths.vault));
  expect(fixture.agent.state().session).toEqual({ status: 'signed-out' });
});

test('a vault of a newer Lanyard stays as it is, is told, and keeps nobody from the newer one', async () => {
  const { vault } = fixture.paths;
  const before = await readFile(vault, 'utf8');
  const newer = before.replace('"version":1', '"version":2');
  await fixture.restart(undefined, () => writeFile(vault, newer));
  expect(fixture.agent.state().vault).toMatchObject({
    status: 'unavailable',
    problem: { code: 'vault-newer', user: expect.stringContaining('Update Lanyard') },
  });
  await expect(fixture.agent.acts.signIn({ method: 'browser' })).rejects.toMatchObject({ code: 'vault-newer' });
  expect(await readFile(vault, 'utf8')).toBe(newer);
  expect(await asideOf(vault)).toEqual([]);
  await fixture.restart(undefined, () => writeFile(vault, before));
  expect(fixture.agent.state().session).toMatchObject({ subject: 'u-alice' });
});

test('a list of clients that is damaged is set aside too, and its keys stop working', async () => {
  const { clients, state } = fixture.paths;
  await fixture.localKey();
  await fixture.restart(undefined, () => writeFile(clients, '{ "version": 1, "clients": ['));
  expect(fixture.agent.state().clients).toEqual([]);
  expect((await readdir(state)).some((name) => name.startsWith(`${basename(clients)}.unreadable-`))).toBe(true);
});
