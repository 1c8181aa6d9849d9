import { spawn } from 'node:child_process';

/** How each system opens a page in the person's browser. Windows: no shell, which would read `&` in the address. */
const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  linux: ['xdg-open'],
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/**
 * Opens a web page in the system browser; `false` where that did not work. Only web addresses: anything else would
 * start programs.
 */
export function openBrowser(url: string): Promise<boolean> {
  const opener = OPENERS[process.platform];
  const { protocol, href } = new URL(url);
  if (!opener || (protocol !== 'https:' && protocol !== 'http:')) return Promise.resolve(false);
  const [file, ...args] = opener;
  return new Promise((resolve) => {
    const child = spawn(file, [...args, href], { stdio: 'ignore', detached: true });
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}
