import { expect, test } from 'vitest';
import type { AgentState } from '../../shared/local-api.ts';
import { server, signedIn, signedOut } from '../unit/desktop/states.ts';
import { openNotificationService } from './dbus/notifications.ts';
import { openTrayHost } from './dbus/tray.ts';
import { playAgent } from './played-agent.ts';
import { openScene, windowOf } from './scene.ts';

const cause = { code: 'session-ended', user: 'R&D <IT> signed you out.', administrator: 'invalid_grant' };
const ENDED = signedOut({ session: { status: 'signed-out', cause } });
const SIGN_IN_PAGE = 'https://idp.company.example/authorize?state=1';
const signIn = (phase: 'waiting' | 'succeeded', attempt = '1') =>
  ({ attempt, method: 'browser', phase, url: SIGN_IN_PAGE, expiresAt: Date.now() + 60_000 }) as const;
const ANSWERS = { 'POST /v1/sign-in': signIn('waiting') };

const claudeCode = { id: 'c-1', kind: 'claude-code', title: 'Claude Code', addedAt: 1, entries: [] };
const wanting = (at: number): AgentState =>
  signedOut({
    clients: [claudeCode],
    servers: [server('linear', 'signed-out')],
    signInWanted: { at, client: 'c-1', server: 'linear' },
  });

test('a session that ends is told once, and one click starts the sign-in', async () => {
  using service = await openNotificationService();
  using host = await openTrayHost();
  await using scene = await openScene();
  await using agent = await playAgent(scene.paths, signedIn(['ready']), ANSWERS);
  const app = await scene.launch(['--hidden']);
  const tray = await host.item;
  await expect.poll(() => tray.tooltip()).toContain('1 of 1 server ready');
  expect(service.shown).toEqual([]);

  agent.show(ENDED);
  await expect.poll(() => service.shown.length).toBe(1);
  expect(service.shown[0]).toMatchObject({
    app: 'Lanyard',
    title: 'Your session at Company has ended',
    body: 'R&amp;D &lt;IT&gt; signed you out. Click to sign in.',
  });

  service.click(service.shown[0]?.id ?? 0);
  await expect.poll(() => agent.heard).toContain('POST /v1/sign-in {"method":"browser"}');
  expect(await scene.opened()).toBe(SIGN_IN_PAGE);
  agent.show(signedOut({ signIn: signIn('waiting') }));
  await expect.poll(() => tray.tooltip()).toContain('Waiting for you to sign in');
  agent.show(signedIn(['ready'], { signIn: signIn('succeeded') }));
  await expect.poll(() => tray.tooltip()).toContain('1 of 1 server ready');
  // A sign-in that was not started in the window leaves the person where they are.
  expect(app.windows()).toEqual([]);
  expect(service.shown.length).toBe(1);
});

test('a click that cannot start the sign-in opens the window, which says why', async () => {
  using service = await openNotificationService();
  using host = await openTrayHost();
  await using scene = await openScene();
  const answers = { 'POST /v1/sign-in': { ...signIn('waiting'), url: 'file:///etc/passwd' } };
  await using agent = await playAgent(scene.paths, signedIn(['ready']), answers);
  const app = await scene.launch(['--hidden']);
  const tray = await host.item;
  await expect.poll(() => tray.tooltip()).toContain('1 of 1 server ready');
  agent.show(ENDED);
  await expect.poll(() => service.shown.length).toBe(1);
  service.click(service.shown[0]?.id ?? 0);
  await (await app.firstWindow()).getByText('did not open the sign-in page').first().waitFor();
});

test('an app that waits for a sign-in is told once, however often it calls', async () => {
  using service = await openNotificationService();
  using host = await openTrayHost();
  await using scene = await openScene();
  await using agent = await playAgent(scene.paths, signedOut(), ANSWERS);
  await scene.launch(['--hidden']);
  const tray = await host.item;
  await expect.poll(() => tray.tooltip()).toContain('Signed out');

  for (const at of [1, 2, 3]) agent.show(wanting(at));
  await expect.poll(() => service.shown.length).toBe(1);
  expect(service.shown[0]?.title).toBe('Claude Code needs you to sign in to use Linear');
  const menu = async () => (await tray.menu()).map(({ label }) => label);
  await expect.poll(menu).toContain('Claude Code needs you to sign in to use Linear');

  agent.show(signedIn(['ready'], { signIn: signIn('succeeded') }));
  await expect.poll(() => service.takenBack).toEqual([service.shown[0]?.id]);
  agent.show(wanting(4));
  await expect.poll(() => service.shown.length).toBe(2);
});

test('while the screen is locked nothing is told; what has remained is told once when it is unlocked', async () => {
  using service = await openNotificationService();
  using host = await openTrayHost();
  await using scene = await openScene();
  await using agent = await playAgent(scene.paths, signedIn(['ready']), ANSWERS);
  const app = await scene.launch(['--hidden']);
  const tray = await host.item;
  await expect.poll(() => tray.tooltip()).toContain('1 of 1 server ready');
  // Linux says nothing of its lock; elsewhere these are the system's events.
  const emit = (event: string) => app.evaluate(({ powerMonitor }, name) => void powerMonitor.emit(name), event);

  await emit('lock-screen');
  agent.show(ENDED);
  await expect.poll(() => tray.tooltip()).toContain('Signed out');
  expect(service.shown).toEqual([]);
  await emit('unlock-screen');
  await emit('unlock-screen');
  await expect.poll(() => service.shown.map(({ title }) => title)).toEqual(['Your session at Company has ended']);
});

test('what was so at the start is not told, nor what the window shows to whoever looks at it', async () => {
  using service = await openNotificationService();
  await using scene = await openScene();
  await using agent = await playAgent(scene.paths, ENDED, ANSWERS);
  const app = await scene.launch([]);
  const page = await windowOf(app);
  const focus = () => app.evaluate(({ BrowserWindow }) => BrowserWindow.getFocusedWindow() !== null);
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.focus());
  await expect.poll(focus).toBe(true);

  agent.show(wanting(1));
  await page.waitForTimeout(300);
  expect(service.shown).toEqual([]);
});

test('a sign-in that was started in the window brings the window back to the front', async () => {
  using host = await openTrayHost();
  await using scene = await openScene();
  await using agent = await playAgent(scene.paths, signedOut(), ANSWERS);
  const app = await scene.launch([]);
  const page = await windowOf(app);
  await host.item;
  const visible = () =>
    app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((one) => one.isVisible()));

  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect.poll(() => agent.heard).toContain('POST /v1/sign-in {"method":"browser"}');
  agent.show(signedOut({ signIn: signIn('waiting') }));
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());
  await expect.poll(visible).toEqual([false]);
  agent.show(signedIn(['ready'], { signIn: signIn('succeeded') }));
  await expect.poll(visible).toEqual([true]);
});
