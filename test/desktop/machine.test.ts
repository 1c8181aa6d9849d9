import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { signedIn } from '../unit/desktop/states.ts';
import { openLogind } from './dbus/logind.ts';
import { playAgent } from './played-agent.ts';
import { openScene } from './scene.ts';

test('the agent hears when the machine sleeps and wakes', async () => {
  using logind = await openLogind();
  await using scene = await openScene();
  await using agent = await playAgent(scene.paths, signedIn(['ready']));
  await scene.launch(['--hidden'], logind.env);
  const power = () => agent.heard.filter((line) => line.includes('/power'));
  await logind.listened;

  logind.prepareForSleep(true);
  await expect.poll(power).toEqual(['POST /v1/power {"event":"suspend"}']);
  logind.prepareForSleep(false);
  await expect.poll(power).toEqual(['POST /v1/power {"event":"suspend"}', 'POST /v1/power {"event":"resume"}']);
});

test('the agent hears when the network goes and comes', async () => {
  await using scene = await openScene();
  await using agent = await playAgent(scene.paths, signedIn(['ready']));
  const app = await scene.launch(['--hidden']);
  const network = (online: boolean) =>
    app.evaluate(({ net }, answer) => {
      net.isOnline = () => answer;
    }, online);
  const last = () => agent.heard.at(-1);
  const looks = () => app.evaluate(() => (globalThis as { looks?: number }).looks ?? 0);

  await app.evaluate(({ net }) => {
    const counted = globalThis as { looks?: number };
    net.isOnline = () => {
      counted.looks = (counted.looks ?? 0) + 1;
      return true;
    };
  });
  await expect.poll(looks, { timeout: 15_000 }).toBeGreaterThanOrEqual(2);
  expect(agent.heard).toEqual([]);
  await network(false);
  await expect.poll(last, { timeout: 15_000 }).toBe('POST /v1/network {"online":false}');
  await network(true);
  await expect.poll(last, { timeout: 15_000 }).toBe('POST /v1/network {"online":true}');
});

test('the real agent takes it up', async () => {
  using logind = await openLogind();
  await using scene = await openScene();
  await scene.launch(undefined, logind.env);
  await logind.listened;
  const log = () => readFile(scene.paths.log, 'utf8').catch(() => '');
  await expect
    .poll(() =>
      scene.state().then(
        () => 'answers',
        () => 'is not there',
      ),
    )
    .toBe('answers');
  const before = await log();

  logind.prepareForSleep(true);
  logind.prepareForSleep(false);
  await expect.poll(async () => (await log()).slice(before.length)).toMatch(/"(?:woke|network-changed)"/);
});
