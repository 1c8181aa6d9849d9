import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Runner } from './unprivileged.ts';

const succeeds = ([file = '', ...args]: readonly string[]) => spawnSync(file, args).status === 0;

/**
 * Sees to it that Chromium can build its sandbox. It needs user namespaces; where the system denies them (Ubuntu's
 * AppArmor rule), Chromium's own helper must belong to root and be setuid, as an installer makes it. In the copy of
 * the app that tests drive, root or sudo can do that here.
 *
 * @throws {Error} with what to do, where neither can be had. The sandbox is never switched off instead.
 */
export function enableSandbox({ prefix }: Runner, appFolder: string): string[] {
  if (succeeds([...prefix, 'unshare', '--user', '--map-root-user', '--pid', '--fork', 'true'])) return [...prefix];
  const helper = join(appFolder, 'chrome-sandbox');
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '--non-interactive'];
  if (succeeds([...asRoot, 'chown', 'root:root', helper]) && succeeds([...asRoot, 'chmod', '4755', helper]))
    return prefix.filter((argument) => argument !== '--no-new-privs');
  throw new Error(
    `Chromium's sandbox needs user namespaces, which this system denies. Allow them, or run as root: chown root:root ${helper} && chmod 4755 ${helper}`,
  );
}
