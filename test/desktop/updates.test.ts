import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, dirname, join } from 'node:path';
import type { ElectronApplication, Page } from 'playwright-core';
import { expect, test, vi } from 'vitest';
import type { Bridge } from '../../main/desktop/bridge/channels.ts';
import type { Updates } from '../../main/desktop/bridge/desk.ts';
import { until } from '../integration/until.ts';
import { exitOf, openScene, type Scene, testedApp, windowOf } from './scene.ts';

// A copy of the packaged app with a feed on loopback, started as an AppImage's runtime would start it: APPIMAGE names a
// file of the person's own, which an update replaces. There is no AppImage here, so what is loaded is any text.

const UPDATE = 'the newer app';
const sha512 = (text: string) => createHash('sha512').update(text).digest('base64');

interface Feed extends AsyncDisposable {
  readonly url: string;
  readonly asked: readonly string[];
}

/** Serves one version, with the checksum of `published` but `served` as its file. */
async function openFeed(version: string, served = UPDATE, published = UPDATE): Promise<Feed> {
  const asked: string[] = [];
  const file = `Lanyard-${version}-x86_64.AppImage`;
  const yml = [
    `version: ${version}`,
    'files:',
    `  - url: ${file}`,
    `    sha512: ${sha512(published)}`,
    `    size: ${published.length}`,
    `path: ${file}`,
    `sha512: ${sha512(published)}`,
    "releaseDate: '2030-01-01T00:00:00.000Z'",
  ].join('\n');
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '', 'http://feed').pathname;
    asked.push(path);
    const body = path === '/latest-linux.yml' ? yml : path === `/${file}` ? served : undefined;
    response.writeHead(body === undefined ? 404 : 200).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Sends whoever asks for anything on to the same path at `target`. */
async function openRedirect(target: string): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer(({ url }, response) => response.writeHead(302, { location: `${target}${url}` }).end());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** The app in its scene, with a feed of its own if any. */
async function launch(scene: Scene, feed: string | undefined) {
  const folder = join(scene.folder, 'app');
  await cp(dirname(testedApp()), folder, { recursive: true, verbatimSymlinks: true });
  if (feed !== undefined)
    await writeFile(
      join(folder, 'resources', 'app-update.yml'),
      `provider: generic\nurl: ${feed}\nupdaterCacheDirName: lanyard-updater\n`,
    );
  const appImage = join(scene.folder, 'Lanyard-0.1.0-x86_64.AppImage');
  await writeFile(appImage, 'the older app', { mode: 0o755 });
  vi.stubEnv('LANYARD_TEST_APP', join(folder, basename(testedApp())));
  const app = await scene.launch(undefined, { APPIMAGE: appImage });
  vi.unstubAllEnvs();
  const page = await windowOf(app);
  return { app, page, appImage };
}

type OurWindow = { readonly lanyard: Bridge };

const updatesOf = (page: Page): Promise<Updates> =>
  page.evaluate(async () => {
    const { lanyard } = window as unknown as OurWindow;
    return (await lanyard.invoke('showing', null)).desk.updates;
  });

const look = (page: Page) =>
  page.evaluate(() => (window as unknown as OurWindow).lanyard.invoke('look-for-updates', null));

async function isAllowed(page: Page): Promise<void> {
  await until(async () => (await updatesOf(page)).kind !== 'managed');
}

const quit = async (app: ElectronApplication) => {
  await app.evaluate(({ app: electron }) => electron.quit()).catch(() => {});
  return exitOf(app);
};

test('a newer version is loaded, waits for the person, and is there after the app was quit', async () => {
  await using feed = await openFeed('99.0.0');
  await using scene = await openScene();
  const { app, page, appImage } = await launch(scene, feed.url);
  await isAllowed(page);
  await look(page);
  expect(await updatesOf(page)).toEqual({ kind: 'ready', version: '99.0.0' });
  expect(await readFile(appImage, 'utf8')).toBe('the older app');
  expect(await quit(app)).toBe(0);
  expect(feed.asked).toContain('/latest-linux.yml');
  await until(
    async () =>
      (await readFile(join(dirname(appImage), 'Lanyard-99.0.0-x86_64.AppImage'), 'utf8').catch(() => '')) === UPDATE,
  );
});

test.each(['0.0.1', '0.1.0', '99.0.0-beta.1'])('version %s is not taken', async (version) => {
  await using feed = await openFeed(version);
  await using scene = await openScene();
  const { page } = await launch(scene, feed.url);
  await isAllowed(page);
  await look(page);
  expect(await updatesOf(page)).toEqual({ kind: 'idle', lookedAt: expect.any(Number) });
  expect(new Set(feed.asked)).toEqual(new Set(['/latest-linux.yml']));
});

test('a file that is not what was published is thrown away, and the person is told', async () => {
  await using feed = await openFeed('99.0.0', 'somebody else’s app');
  await using scene = await openScene();
  const { app, page, appImage } = await launch(scene, feed.url);
  await isAllowed(page);
  await look(page);
  expect(await updatesOf(page)).toMatchObject({ kind: 'failed', problem: { code: 'update-not-genuine' } });
  await quit(app);
  expect(await readFile(appImage, 'utf8')).toBe('the older app');
});

test('a redirect to plain http is not followed', async () => {
  await using elsewhere = await openFeed('99.0.0');
  await using feed = await openRedirect(elsewhere.url);
  await using scene = await openScene();
  const { app, page } = await launch(scene, feed.url);
  await isAllowed(page);
  await look(page);
  expect(await updatesOf(page)).toMatchObject({ kind: 'failed', problem: { code: 'update-failed' } });
  expect(elsewhere.asked).toEqual([]);
  await quit(app);
});

test('without a feed, or against the word of policy, nothing is asked', async () => {
  await using feed = await openFeed('99.0.0');
  await using without = await openScene();
  const { page } = await launch(without, undefined);
  await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
  await look(page);
  expect(await updatesOf(page)).toEqual({ kind: 'managed' });

  await using forbidden = await openScene();
  const policy = JSON.parse(await readFile(forbidden.policyFile, 'utf8'));
  await writeFile(forbidden.policyFile, JSON.stringify({ ...policy, desktop: { updates: false } }));
  const second = await launch(forbidden, feed.url);
  await second.page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
  await look(second.page);
  expect([await updatesOf(second.page), feed.asked]).toEqual([{ kind: 'managed' }, []]);
});
