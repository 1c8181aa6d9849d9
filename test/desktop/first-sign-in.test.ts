import { expect, test } from 'vitest';
import { ACR_SECOND_FACTOR } from '../company/idp/assurance.ts';
import { takePictures } from './pictures.ts';
import { openScene, windowOf } from './scene.ts';

test("a person's way: sign in once, see what one has and why one has not, sign out", async () => {
  await using scene = await openScene();
  const app = await scene.launch();
  const page = await windowOf(app);
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const server = (title: string) =>
    page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: title }) });

  await button('Sign in').waitFor();
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(`Sign in to ${scene.company.name}`);
  expect(await page.getByRole('region', { name: 'Warnings' }).textContent()).toMatch(/key/);

  await button('Sign in').click();
  await page.getByRole('heading', { name: 'Finish signing in in your browser' }).waitFor();
  const address = await scene.opened();
  expect(new URL(address).origin).toBe(new URL(scene.company.issuer).origin);
  await scene.signInOnPage('alice');

  await page.getByRole('heading', { level: 1, name: 'Alice' }).waitFor();
  await page.getByText('2 of 3 ready').waitFor();
  expect(await server('Notes').textContent()).toMatch(/Ready.*Renewed by itself/);
  expect(await server('Tickets').textContent()).toMatch(/Ready.*Renewed by itself/);
  const payroll = server('Payroll');
  expect(await payroll.textContent()).toContain('Denied');
  const { servers } = await scene.state();
  const work = servers.find(({ name }) => name === 'payroll')?.work;
  if (work?.kind !== 'blocked') throw new Error('Payroll is not blocked');
  expect(await payroll.getByText(work.cause.user).isVisible()).toBe(true);
  expect(await payroll.getByText(work.cause.administrator).isVisible()).toBe(false);
  await expect.poll(() => page.getByRole('status').textContent()).toContain('Alice · 2 of 3 servers ready');
  await takePictures(page, 'window');

  await payroll.getByText('For your administrator').click();
  expect(await payroll.getByText(work.cause.administrator).isVisible()).toBe(true);
  scene.company.setGroups('alice', ['engineering', 'finance']);
  await payroll.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('3 of 3 ready').waitFor();

  await button('Sign out').click();
  await button('Sign in').waitFor();
  expect(await server('Notes').textContent()).toContain('Signed out');
  expect((await scene.state()).session.status).toBe('signed-out');
  const signOutPage = new URL(await scene.opened(address));
  expect(signOutPage.hostname).toBe('127.0.0.1');
  expect(await (await fetch(signOutPage)).text()).toContain(new URL(scene.company.issuer).host);
});

test('a server that wants a second factor gets it by signing in again', async () => {
  await using scene = await openScene();
  scene.company.requireAcr('notes', [ACR_SECOND_FACTOR]);
  const page = await windowOf(await scene.launch());
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  const first = await scene.opened();
  await scene.signInOnPage('alice');
  await page.getByText('1 of 3 ready').waitFor();

  await page.getByRole('button', { name: /^Sign in again\W+Notes$/ }).click();
  const second = await scene.opened(first);
  expect(new URL(second).searchParams.get('acr_values')).toBe(ACR_SECOND_FACTOR);
  await scene.signInOnPage('alice', first);
  await page.getByText('2 of 3 ready').waitFor();
  expect(await page.getByRole('button', { name: /^Sign in again/ }).count()).toBe(0);
});

test('a sign-in can be cancelled, and its page opened again', async () => {
  await using scene = await openScene();
  const page = await windowOf(await scene.launch());
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('button', { name: 'Open the page again' }).click();
  const address = await scene.opened();
  expect((await scene.state()).signIn?.url).toBe(address);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
  expect((await scene.state()).signIn?.phase).not.toBe('waiting');
});

test('a code for another device', async () => {
  await using scene = await openScene();
  const page = await windowOf(await scene.launch());
  await page.getByRole('button', { name: 'Use a code instead' }).click();
  await page.getByRole('heading', { name: 'Enter this code on the sign-in page' }).waitFor();
  const { signIn } = await scene.state();
  expect(await page.locator('output').textContent()).toBe(signIn?.userCode);
});

test('without a policy it says whose turn it is', async () => {
  await using scene = await openScene();
  const page = await windowOf(await scene.launch(['--policy', `${scene.policyFile}.missing`]));
  await page.getByRole('heading', { name: 'Lanyard is not set up on this computer' }).waitFor();
  await page.getByText('For your administrator', { exact: true }).click();
  expect(await page.locator('main').textContent()).toContain(`${scene.policyFile}.missing`);
});
