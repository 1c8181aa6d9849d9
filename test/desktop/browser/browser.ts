import { join } from 'node:path';
import { _electron, type Page } from 'playwright-core';

const LAUNCH_TIMEOUT_MS = 30_000;

/** A person's browser that shows one page, in Chromium. */
export interface PageBrowser extends AsyncDisposable {
  readonly page: Page;
}

/** Opens a browser whose page has this size, in pixels, so that its pictures fit those of a window. */
export async function openPageBrowser(
  size: { readonly width: number; readonly height: number },
  folder: string,
): Promise<PageBrowser> {
  const electron = process.env.LANYARD_TEST_ELECTRON;
  if (!electron) throw new Error('Run the desktop tests with: npm run test:desktop');
  const app = await _electron.launch({
    executablePath: electron,
    args: [join(import.meta.dirname, 'main.cjs'), `--user-data-dir=${join(folder, 'browser')}`],
    chromiumSandbox: true,
    timeout: LAUNCH_TIMEOUT_MS,
  });
  const page = await app.firstWindow();
  await app.evaluate(({ BrowserWindow }, { width, height }) => {
    BrowserWindow.getAllWindows()[0]?.setContentSize(width, height);
  }, size);
  return { page, [Symbol.asyncDispose]: () => app.close() };
}
