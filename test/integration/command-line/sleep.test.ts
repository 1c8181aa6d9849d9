import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { createLaptop, type Laptop, WITHOUT_KEYCHAIN } from '../laptop.ts';
import { endAllChildren } from '../program.ts';
import { until } from '../until.ts';

/** Longer than a busy machine holds up a timer; see main/agent/wake-watch.ts. Milliseconds. */
const NAP_MS = 13_000;

let laptop: Laptop;
afterEach(async () => {
  await endAllChildren();
  await laptop.close();
});

test('a process that stood still, as in sleep, notices it by itself and goes on', async () => {
  laptop = await createLaptop();
  const agent = await laptop.startAgent(WITHOUT_KEYCHAIN);
  await laptop.login();
  agent.process.kill('SIGSTOP');
  await delay(NAP_MS);
  agent.process.kill('SIGCONT');
  await until(async () => (await readFile(laptop.paths.log, 'utf8')).includes('"event":"woke"'));
  expect(await readFile(laptop.paths.log, 'utf8')).toMatch(/"event":"woke","sleptSeconds":1\d\b/);
  expect((await laptop.state()).servers.find(({ name }) => name === 'notes')?.status).toBe('ready');
});
