import { expect, test } from 'vitest';
import { server, signedIn, signedOut } from '../unit/desktop/states.ts';
import { openTrayHost } from './dbus/tray.ts';
import { takePictures } from './pictures.ts';
import { playAgent } from './played-agent.ts';
import { openScene, windowOf } from './scene.ts';

const LOOPBACK_PAGE = 'http://127.0.0.1:4999/sign-out/once';

const problem = (user: string, administrator: string) => ({ code: 'c', user, administrator });
const stepUp = problem('Payroll wants a stronger sign-in.', 'The server asked for acr "urn:company:otp".');
const recent = problem('Some calls of Mail need a more recent sign-in.', 'The server asked for max_age 300.');
const fullDisk = problem(
  'Lanyard cannot save anything, so you would have to sign in again after a restart. Is the disk full?',
  'ENOSPC: no space left on device, write vault.json.',
);

const SCARCE = "Tickets has used 214 of this month's 250 renewals. Access is now renewed only when a call needs it.";
const token = { kind: 'valid', expiresAt: Date.now() + 42 * 60_000 } as const;

/** A working day on which several things want to be known at once. */
const BUSY = signedIn([], {
  agent: { version: '1.2.3', pid: 1, startedAt: 0, warnings: [SCARCE] },
  vault: { keyStore: 'keychain', status: 'unsaved', problem: fullDisk },
  servers: [
    server('notes', 'ready', { token, mints: { today: 9, thisMonth: 140, perMonth: 250 } }),
    server('tickets', 'ready', { token, mints: { today: 31, thisMonth: 214, perMonth: 250 } }),
    server('payroll', 'step-up', {
      work: { kind: 'blocked', reason: 'step-up', cause: stepUp, stepUp: { acrValues: 'urn:company:otp' } },
    }),
    server('mail', 'ready', { token, signInAsked: recent }),
    server('wiki', 'ready', { token }),
  ],
});

test('the window says what is scarce, what cannot be saved, and who wants a stronger sign-in', async () => {
  await using scene = await openScene();
  await using agent = await playAgent(scene.paths, BUSY);
  const page = await windowOf(await scene.launch([]));
  const row = (title: string) => page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: title }) });
  await takePictures(page, 'window-busy');

  expect(await page.getByRole('region', { name: 'Changes cannot be saved' }).textContent()).toContain(fullDisk.user);
  expect(await row('Notes').textContent()).toContain("140 of this month's 250 renewals are used.");
  expect(await row('Tickets').textContent()).toContain("214 of this month's 250 renewals are used.");
  expect(await page.getByRole('region', { name: 'Warnings' }).textContent()).toContain(SCARCE);
  expect(await row('Wiki').textContent()).not.toContain('renewals');
  expect(await row('Mail').textContent()).toContain(recent.user);
  expect(await row('Payroll').textContent()).toContain(stepUp.user);
  await row('Payroll')
    .getByRole('button', { name: /^Sign in again\W+Payroll$/ })
    .click();
  await expect.poll(() => agent.heard).toContain('POST /v1/sign-in {"method":"browser"}');

  agent.show(signedIn(['ready']));
  await page.getByRole('region', { name: 'Changes cannot be saved' }).waitFor({ state: 'detached' });
  expect(await page.getByRole('button', { name: 'Sign in again' }).count()).toBe(0);
});

test('the tray says it too, and starts the sign-in', async () => {
  using host = await openTrayHost();
  await using scene = await openScene();
  await using agent = await playAgent(scene.paths, BUSY);
  await scene.launch(['--hidden']);
  const tray = await host.item;
  await expect
    .poll(() => tray.tooltip())
    .toBe('Lanyard: Alice Archer · 4 of 5 servers ready · sign in again\nChanges cannot be saved');
  await tray.click('Payroll — Sign in again');
  await expect.poll(() => agent.heard).toContain('POST /v1/sign-in {"method":"browser"}');
});

test('a keychain that is locked is said once, and signing in waits for it', async () => {
  await using scene = await openScene();
  const locked = { code: 'keychain-locked', user: 'Your system keychain is locked.', administrator: 'Locked.' };
  const vault = { keyStore: 'keychain', status: 'unavailable', problem: locked } as const;
  await using agent = await playAgent(scene.paths, signedOut({ vault }));
  const page = await windowOf(await scene.launch([]));
  const signIn = page.getByRole('button', { name: 'Sign in', exact: true });
  await page.getByText('Unlock your keychain first; then this goes on.').waitFor();
  expect(await signIn.isDisabled()).toBe(true);
  await takePictures(page, 'window-keychain-locked');
  agent.show(signedOut());
  await expect.poll(() => signIn.isDisabled()).toBe(false);
});

test('who may use no server reads that once, with what to send to the administrator', async () => {
  await using scene = await openScene();
  await using agent = await playAgent(scene.paths, signedIn(['denied', 'denied', 'denied']));
  const page = await windowOf(await scene.launch([]));
  const region = page.getByRole('region', { name: 'Your company has not given you access to any server yet' });
  await region.getByText('Please give me access to these servers.').waitFor();
  expect(await page.getByRole('heading', { name: 'Connect your apps' }).count()).toBe(0);
  expect(await page.getByText('Sentence for people: denied.').count()).toBe(0);
  await takePictures(page, 'window-nothing-given');
  await region.getByRole('button', { name: 'Try again' }).click();
  await expect.poll(() => agent.heard).toContain('POST /v1/servers/server2/retry');
});

test('sign-out in the window opens the page that ends the session at the identity provider', async () => {
  await using scene = await openScene();
  const answers = { 'POST /v1/sign-out': { state: signedOut(), endSessionUrl: LOOPBACK_PAGE } };
  await using _agent = await playAgent(scene.paths, signedIn(['ready']), answers);
  const page = await windowOf(await scene.launch([]));
  await page.getByRole('button', { name: 'Sign out' }).click();
  expect(await scene.opened()).toBe(LOOPBACK_PAGE);
});
