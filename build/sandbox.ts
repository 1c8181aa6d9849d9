import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './run.ts';

/** What Chromium does first: a user namespace in which it is root, with processes and a network of its own. */
const LIKE_CHROMIUM = ['unshare', '--user', '--map-root-user', '--pid', '--net', '--fork', 'true'];
/** root itself may always; the question is about everybody else. 65534 is "nobody" on every Linux. */
const AS_NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
/** Runs as its owner, root, whoever starts it. */
const SETUID_ROOT = 0o4755;

const isRoot = () => process.getuid?.() === 0;

async function succeeds(command: readonly string[]): Promise<boolean> {
  const [file = '', ...args] = command;
  return (await run(file, args)).code === 0;
}

async function isHelperReady(helper: string): Promise<boolean> {
  const { uid, mode } = await stat(helper);
  return uid === 0 && (mode & 0o7777) === SETUID_ROOT;
}

/** Hands Chromium's helper to root, as a .deb does when it is installed; sudo only where it asks nothing. */
async function setUpHelper(helper: string): Promise<boolean> {
  const sudo = isRoot() ? [] : ['sudo', '--non-interactive'];
  return (
    (await succeeds([...sudo, 'chown', 'root:root', helper])) &&
    (await succeeds([...sudo, 'chmod', SETUID_ROOT.toString(8), helper]))
  );
}

/**
 * Makes sure that an unpacked Electron can be run with its sandbox on. Most kernels let every user do what it takes;
 * Ubuntu since 23.10 does not, and then Chromium needs its helper `chrome-sandbox` to belong to root.
 *
 * @param folder where the program lies. Elsewhere than on Linux nothing is needed.
 * @returns whether the sandbox will work for a user that is not root.
 */
export async function prepareSandbox(folder: string): Promise<boolean> {
  if (process.platform !== 'linux') return true;
  if (await succeeds([...(isRoot() ? AS_NOBODY : []), ...LIKE_CHROMIUM])) return true;
  const helper = join(folder, 'chrome-sandbox');
  return (await isHelperReady(helper)) || (await setUpHelper(helper));
}
