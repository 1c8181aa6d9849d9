import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Fixture, startFixture } from '../fixture.ts';

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
  await fixture.signIn('alice');
});
afterEach(() => fixture.close());

test.each<[string, (text: string) => string]>([
  ['cut off', (text) => text.slice(0, text.length / 2)],
  ['empty', () => ''],
  ['changed in one place', (text) => text.replace(/"data":"(.)/, (_, first) => `"data":"${first === 'A' ? 'B' : 'A'}`)],
  ['of another format', (text) => text.replace('"version":1', '"version":2')],
])('a vault that is %s is set aside as it is, and a new sign-in works', async (_what, damage) => {
  const { vault, state } = fixture.paths;
  let damaged = '';
  await fixture.restart(undefined, async () => {
    damaged = damage(await readFile(vault, 'utf8'));
    await writeFile(vault, damaged);
  });
  const { vault: shown, session } = fixture.agent.state();
  expect(shown.status).toBe('ready');
  expect(session).toEqual({ status: 'signed-out' });
  const aside = (await readdir(state)).filter((name) => name.startsWith(`${basename(vault)}.unreadable-`));
  expect(aside).toHaveLength(1);
  expect(await readFile(join(state, aside[0] ?? ''), 'utf8')).toBe(damaged);
  expect(fixture.logged.map(({ event }) => event)).toContain('vault-set-aside');
  await fixture.signIn('alice');
  await fixture.restart();
  expect(fixture.agent.state().session).toMatchObject({ subject: 'u-alice' });
});

test('a list of clients that is damaged is set aside too, and its keys stop working', async () => {
  const { clients, state } = fixture.paths;
  await fixture.localKey();
  await fixture.restart(undefined, () => writeFile(clients, '{ "version": 1, "clients": ['));
  expect(fixture.agent.state().clients).toEqual([]);
  expect((await readdir(state)).some((name) => name.startsWith(`${basename(clients)}.unreadable-`))).toBe(true);
});
