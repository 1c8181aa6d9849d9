import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../build/paths.ts';

/** Who runs the app, and from where. */
export interface Runner {
  /** What stands before every command: nothing, or the change to the other user. */
  readonly prefix: readonly string[];
  /** The checkout as that user can read it. */
  readonly root: string;
  /** Gives a folder to that user. */
  give(folder: string): void;
}

const idOf = (user: string, flag: '-u' | '-g') => Number(execFileSync('id', [flag, user], { encoding: 'utf8' }));

/**
 * Chooses a user that is not root, since Chromium runs no sandbox for root and nobody runs a tray app as root: who
 * called sudo, else `nobody`, who exists everywhere and owns nothing. Where that user cannot read the checkout (one
 * in root's home), a copy of it is made in `temporary`.
 */
export function chooseRunner(temporary: string): Runner {
  if (process.getuid?.() !== 0) return { prefix: [], root: ROOT, give: () => undefined };
  const user = process.env.SUDO_USER && process.env.SUDO_USER !== 'root' ? process.env.SUDO_USER : 'nobody';
  const [uid, gid] = [idOf(user, '-u'), idOf(user, '-g')];
  const prefix = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--no-new-privs'];
  const give = (folder: string) => {
    mkdirSync(folder, { recursive: true });
    chownSync(folder, uid, gid);
    chmodSync(folder, 0o700);
  };
  const [file = '', ...args] = [...prefix, 'test', '-r', join(ROOT, 'node_modules', '.bin', 'node')];
  if (spawnSync(file, args).status === 0) return { prefix, root: ROOT, give };
  const root = join(temporary, 'checkout');
  cpSync(ROOT, root, { recursive: true, verbatimSymlinks: true });
  execFileSync('chmod', ['-R', 'a+rX', root]);
  return { prefix, root, give };
}
