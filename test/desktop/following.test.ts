import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { pastedClientSchema } from '../../shared/local-api.ts';
import { callLocal } from '../../shared/local-client.ts';
import { endProcess } from './processes.ts';
import { openScene, type Scene, windowOf } from './scene.ts';

/** The page's side of the bridge, as it is in the window. */
interface Following {
  readonly lanyard: {
    invoke(channel: 'follow-journal', payload: { on: boolean }): Promise<unknown>;
    onJournal(listener: (news: { entries: readonly { event: string }[] }) => void): void;
  };
  heard?: string[];
}

async function listen(page: Page): Promise<void> {
  await page.evaluate(() => {
    const here = window as unknown as Following;
    const heard: string[] = [];
    here.heard = heard;
    here.lanyard.onJournal(({ entries }) => heard.push(...entries.map(({ event }) => event)));
  });
}

const follow = (page: Page, on: boolean) =>
  page.evaluate((isOn) => (window as unknown as Following).lanyard.invoke('follow-journal', { on: isOn }), on);
const heard = (page: Page) => page.evaluate(() => (window as unknown as Following).heard?.splice(0) ?? []);

/** Makes the agent write a line. */
async function addClient({ paths }: Scene): Promise<void> {
  const body = { kind: 'snippet', transport: 'http' };
  await callLocal(paths, { method: 'POST', path: '/clients', body, answer: pastedClientSchema });
}

test('the journal is followed while the page asks: not before, not after a reload, and through an agent that dies', async () => {
  await using scene = await openScene();
  const page = await windowOf(await scene.launch());
  await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
  await listen(page);
  await addClient(scene);
  expect(await heard(page)).toEqual([]);

  expect(await follow(page, true)).toMatchObject({ entries: expect.any(Array), hours: expect.any(Array) });
  await addClient(scene);
  await expect.poll(() => heard(page)).toContain('client-added');

  await endProcess((await scene.state()).agent.pid, 'SIGKILL');
  await page.getByRole('heading', { name: "Lanyard's agent is not running" }).waitFor();
  await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
  await expect
    .poll(async () => {
      await addClient(scene);
      return heard(page);
    })
    .toContain('client-added');

  await follow(page, false);
  await heard(page);
  await addClient(scene);
  await page.waitForTimeout(300);
  expect(await heard(page)).toEqual([]);

  await follow(page, true);
  await page.reload();
  await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
  await listen(page);
  await addClient(scene);
  await page.waitForTimeout(300);
  expect(await heard(page)).toEqual([]);
});
