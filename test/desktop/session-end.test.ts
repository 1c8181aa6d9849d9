import type { ElectronApplication, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { agentStateSchema, pastedClientSchema } from '../../shared/local-api.ts';
import { callLocal } from '../../shared/local-client.ts';
import { callTool } from '../demo/call-tool.ts';
import { until } from '../integration/until.ts';
import { type NotificationService, openNotificationService } from './dbus/notifications.ts';
import { openTrayHost } from './dbus/tray.ts';
import { openScene, type Scene, signInFromWindow, windowOf } from './scene.ts';

// The real agent and company: what the window and the notifications are told by them, and where the person is after it.

/** An ID token that is used up a few seconds after it was given: whoever wants more has to ask the company again. */
const SHORT_ID_TOKEN = { lifetimes: { idTokenSeconds: 62 } };

const current = (page: Page) => page.locator('nav [aria-current="page"]').textContent();
const hide = (app: ElectronApplication) =>
  app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());

/** The company ends the session, and the agent finds out when it wants a grant that it does not have. */
async function endByCompany({ company, paths, state }: Scene, username: string): Promise<void> {
  company.revokeSession(username);
  await until(async () => {
    await callLocal(paths, { method: 'POST', path: '/servers/payroll/retry', answer: agentStateSchema });
    return (await state()).session.status === 'signed-out';
  });
}

/** One click on the newest notification, and the page that it opens. */
async function signInByNotification(scene: Scene, service: NotificationService, before: string): Promise<void> {
  service.click(service.shown.at(-1)?.id ?? 0);
  await scene.signInOnPage('alice', before);
  await until(async () => (await scene.state()).servers.filter(({ status }) => status === 'ready').length === 2);
}

test('a session that the company ends is told once; one click, and the person is back where they were', async () => {
  using service = await openNotificationService();
  using _host = await openTrayHost();
  await using scene = await openScene(SHORT_ID_TOKEN);
  const app = await scene.launch();
  const page = await windowOf(app);
  await signInFromWindow(scene, page, 'alice');
  await page.getByText('2 of 3 ready').waitFor();
  await page.getByRole('button', { name: 'Apps', exact: true }).click();
  await hide(app);
  expect(service.shown).toEqual([]);

  await endByCompany(scene, 'alice');
  await expect.poll(() => service.shown.length).toBe(1);
  expect(service.shown[0]?.title).toBe(`Your session at ${scene.company.name} has ended`);
  await page.getByRole('heading', { name: `Sign in to ${scene.company.name}` }).waitFor({ state: 'attached' });
  expect(await current(page)).toBe('Apps');

  await signInByNotification(scene, service, await scene.opened());
  await page.getByRole('heading', { level: 1, name: 'Alice' }).waitFor({ state: 'attached' });
  expect(await current(page)).toBe('Apps');
  expect(service.shown).toHaveLength(1);
});

test('an app that calls while nobody is signed in asks for it once, and its next call goes through', async () => {
  using service = await openNotificationService();
  using _host = await openTrayHost();
  await using scene = await openScene();
  const app = await scene.launch();
  const page = await windowOf(app);
  await signInFromWindow(scene, page, 'alice');
  await page.getByText('2 of 3 ready').waitFor();
  const { localKey } = await callLocal(scene.paths, {
    method: 'POST',
    path: '/clients',
    body: { kind: 'snippet', transport: 'http' },
    answer: pastedClientSchema,
  });
  const address = `${(await scene.state()).relay.url}/notes/mcp`;
  const call = () => callTool({ address, localKey, tool: 'whoami' });
  expect(await call()).toContain('alice');

  const signInPage = await scene.opened();
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  const signOutPage = await scene.opened(signInPage);
  await hide(app);
  await expect(call()).rejects.toThrow(/sign in/i);
  await expect(call()).rejects.toThrow(/sign in/i);
  await expect.poll(() => service.shown.length).toBe(1);
  expect(service.shown[0]?.title).toContain('Notes');

  await signInByNotification(scene, service, signOutPage);
  expect(await call()).toContain('alice');
  expect((await scene.state()).signInWanted).toBeNull();
  expect(service.shown).toHaveLength(1);
});
