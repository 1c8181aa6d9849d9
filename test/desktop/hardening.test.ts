import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { ElectronApplication } from 'playwright-core';
import { expect, test } from 'vitest';
import { payloadSchemas } from '../../main/desktop/ipc-schemas.ts';
import { allProcesses, type Process } from './processes.ts';
import { openScene, windowOf } from './scene.ts';

async function processesBelow(app: ElectronApplication): Promise<Process[]> {
  const all = new Map((await allProcesses()).map((one) => [one.pid, one]));
  const main = app.process().pid;
  const belongs = ({ pid, parent }: Process): boolean => {
    const above = all.get(parent);
    return pid === main || (above !== undefined && belongs(above));
  };
  return [...all.values()].filter((one) => one.command.includes('lanyard-desktop') && belongs(one));
}

test('the sandbox is on, and nobody is root', async () => {
  await using scene = await openScene();
  const app = await scene.launch();
  await windowOf(app);
  const all = await processesBelow(app);
  for (const { uid, command } of all) {
    expect(uid).not.toBe(0);
    expect(command).not.toContain('--no-sandbox\0');
  }
  const renderers = all.filter(({ command }) => command.includes('--type=renderer'));
  expect(renderers.length).toBeGreaterThan(0);
  expect(renderers.map(({ seccomp }) => seccomp)).toEqual(renderers.map(() => 2));
});

test('the page can do nothing but show and ask', async () => {
  await using scene = await openScene();
  const app = await scene.launch();
  const page = await windowOf(app);
  await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
  const address = page.url();

  const globals = await page.evaluate(() =>
    ['require', 'process', 'module', 'Buffer'].filter((name) => name in window),
  );
  expect(globals).toEqual([]);
  expect(await page.evaluate(() => window.open('https://example.com/') === null)).toBe(true);
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);

  for (const target of ['https://example.com/', 'file:///etc/passwd', 'lanyard-app://window/other.html']) {
    await page.evaluate((to) => {
      location.href = to;
    }, target);
    await page.waitForTimeout(100);
    expect(page.url()).toBe(address);
  }

  const tried = await page.evaluate(async () => {
    const outcome = (attempt: Promise<unknown>) =>
      attempt.then(
        () => 'done',
        () => 'refused',
      );
    const script = document.createElement('script');
    script.append('window.injected = true');
    document.head.append(script);
    return {
      network: await outcome(fetch('https://example.com/')),
      clipboard: await outcome(navigator.clipboard.readText()),
      camera: await outcome(navigator.mediaDevices.getUserMedia({ video: true })),
      notifications: await Notification.requestPermission(),
      inlineScript: 'injected' in window,
    };
  });
  expect(tried).toEqual({
    network: 'refused',
    clipboard: 'refused',
    camera: 'refused',
    notifications: 'denied',
    inlineScript: false,
  });
});

test('the page is served with its policy, and nothing beside it', async () => {
  await using scene = await openScene();
  const app = await scene.launch();
  await windowOf(app);
  const fetched = await app.evaluate(async ({ session }) => {
    const partition = session.fromPartition('lanyard');
    const page = await partition.fetch('lanyard-app://window/index.html', { bypassCustomProtocolHandlers: false });
    const other = await partition.fetch('lanyard-app://window/../main/index.js');
    return { status: page.status, csp: page.headers.get('content-security-policy'), other: other.status };
  });
  expect(fetched).toMatchObject({ status: 200, other: 404 });
  expect(fetched.csp).toContain("default-src 'none'");
  expect(fetched.csp).not.toMatch(/unsafe|connect-src|\*/);
});

test('messages of anybody else, and of any other shape, are refused', async () => {
  await using scene = await openScene();
  const app = await scene.launch();
  const page = await windowOf(app);
  await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();

  const wrong = await page.evaluate(async () => {
    const refusal = (asked: Promise<unknown>) =>
      asked.then(
        () => 'answered',
        (error: Error) => error.message,
      );
    const { lanyard } = window as unknown as {
      lanyard: { invoke(channel: string, payload: unknown): Promise<unknown> };
    };
    return [
      await refusal(lanyard.invoke('retry', { server: '../sign-out' })),
      await refusal(lanyard.invoke('sign-in', { method: 'browser', url: 'https://example.com' })),
      await refusal(lanyard.invoke('quit', null)),
    ];
  });
  expect(wrong[0]).toMatch(/not what this channel takes/);
  expect(wrong[1]).toMatch(/not what this channel takes/);
  expect(wrong[2]).toMatch(/No handler registered/);

  const foreign = await app.evaluate(async ({ app: electron, BrowserWindow }, channels) => {
    const preload = `${electron.getAppPath()}/dist/desktop/preload/preload.cjs`;
    const window = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true } });
    await window.loadURL('data:text/html,<title>foreign</title>');
    const answers: string[] = await window.webContents.executeJavaScript(`Promise.all(${JSON.stringify(channels)}.map(
      (channel) => lanyard.invoke(channel, null).then(() => channel + ' answered', (error) => error.message)))`);
    window.destroy();
    return answers;
  }, Object.keys(payloadSchemas));
  expect(foreign).toHaveLength(Object.keys(payloadSchemas).length);
  for (const answer of foreign) expect(answer).toMatch(/not from the window of this app/);
});

test('a page that was taken over could not reach anything outside', async () => {
  await using scene = await openScene();
  let reached = 0;
  const outside = createServer((socket) => {
    reached += 1;
    socket.destroy();
  });
  outside.listen(0, '127.0.0.1');
  await once(outside, 'listening');
  using _end = { [Symbol.dispose]: () => void outside.close() };
  const { port } = outside.address() as AddressInfo;
  const app = await scene.launch();
  const page = await windowOf(app);

  await page.evaluate(async (origin) => {
    const add = (tag: string, attributes: Readonly<Record<string, string>>) => {
      const element = document.createElement(tag);
      try {
        for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
      } catch {
        // Trusted types refuse an address that may become a script.
      }
      document.body.append(element);
      return element;
    };
    const http = `http://${origin}/`;
    add('img', { src: http });
    add('iframe', { src: http });
    add('webview', { src: http });
    add('link', { rel: 'stylesheet', href: http });
    add('link', { rel: 'prefetch', href: http });
    add('object', { data: http });
    add('video', { src: http });
    add('a', { href: http, download: 'file' }).click();
    (add('form', { action: http, method: 'post' }) as HTMLFormElement).submit();
    navigator.sendBeacon(http);
    try {
      new WebSocket(`ws://${origin}/`);
    } catch {
      // Refused at once is as good.
    }
    await fetch(http).catch(() => undefined);
  }, `127.0.0.1:${port}`);
  // Also what no content security policy covers: the session itself refuses.
  const fetched = await app.evaluate(async ({ session }, address) => {
    const answer = session.fromPartition('lanyard').fetch(address);
    return answer.then(
      () => 'answered',
      () => 'refused',
    );
  }, `http://127.0.0.1:${port}/`);
  expect(fetched).toBe('refused');
  await page.waitForTimeout(500);
  expect(reached).toBe(0);
  expect(await page.locator('h1').count()).toBe(1);
  const contents = await app.evaluate(({ webContents }) =>
    webContents.getAllWebContents().map((one) => [one.getType(), one.getWebRTCIPHandlingPolicy()]),
  );
  expect(contents).toEqual([['window', 'disable_non_proxied_udp']]);
});

test('every permission is refused, whatever asks for it', async () => {
  await using scene = await openScene();
  const app = await scene.launch();
  const page = await windowOf(app);
  const states = await page.evaluate(async () => {
    const names = [
      'geolocation',
      'notifications',
      'camera',
      'microphone',
      'midi',
      'clipboard-read',
      'persistent-storage',
    ];
    const query = (name: string) => navigator.permissions.query({ name: name as PermissionName });
    return Promise.all(names.map(async (name) => [name, (await query(name)).state] as const));
  });
  for (const [name, state] of states) expect([name, state]).toEqual([name, 'denied']);
  const located = await page.evaluate(
    () =>
      new Promise((resolve) =>
        navigator.geolocation.getCurrentPosition(
          () => resolve('located'),
          ({ code }) => resolve(code),
        ),
      ),
  );
  expect(located).toBe(1);
});

test('what ships has no developer tools', async () => {
  await using scene = await openScene();
  const app = await scene.launch();
  await windowOf(app);
  const isOpened = await app.evaluate(async ({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents;
    contents?.openDevTools({ mode: 'detach' });
    await new Promise((resolve) => setTimeout(resolve, 300));
    return contents?.isDevToolsOpened();
  });
  expect(isOpened).toBe(false);
});
