import type { ElectronApplication } from 'playwright-core';
import { expect, test } from 'vitest';
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

  const foreign = await app.evaluate(async ({ app: electron, BrowserWindow }) => {
    const preload = `${electron.getAppPath()}/dist/desktop/preload/preload.cjs`;
    const window = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true } });
    await window.loadURL('data:text/html,<title>foreign</title>');
    const answer: string = await window.webContents.executeJavaScript(
      `lanyard.invoke('showing', null).then(() => 'answered', (error) => error.message)`,
    );
    window.destroy();
    return answer;
  });
  expect(foreign).toMatch(/not from the window of this app/);
});
