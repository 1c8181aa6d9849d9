import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A person's home folder that lives as long as one test. */
export interface Sandbox {
  readonly home: string;
  /** An empty project folder, to start clients in. */
  readonly project: string;
  /**
   * The whole environment of what is started for this person: what a graphical client gives its children and no
   * more. No proxy, no Node on the path, nothing of whoever runs the tests.
   */
  readonly env: Readonly<Record<string, string>>;
  /** Removes the folder. */
  remove(): void;
}

const present = new Set<string>();

/** A process that is just ending may still write into the folder; each retry waits 100 ms longer than the last. */
const REMOVE_RETRIES = 5;

const SYSTEM_PATH = '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin';

/** Makes a new home folder. Its path is short, since the agent's socket below it may have about 100 characters. */
export function createSandbox(): Sandbox {
  const root = mkdtempSync(join(tmpdir(), 'lc-'));
  // Some clients refuse a home that others can write to.
  chmodSync(root, 0o700);
  present.add(root);
  const folder = (name: string) => {
    const path = join(root, name);
    mkdirSync(path, { mode: 0o700 });
    return path;
  };
  const home = folder('home');
  const project = folder('project');
  const temporary = folder('tmp');
  return {
    home,
    project,
    env: { HOME: home, PATH: SYSTEM_PATH, TMPDIR: temporary, LANG: 'C.UTF-8' },
    remove: () => removeFolder(root),
  };
}

/** Removes every home folder that is still there: for the way out of the process, after its children were ended. */
export function removeAllSandboxes(): void {
  for (const root of present) removeFolder(root);
}

function removeFolder(root: string): void {
  rmSync(root, { recursive: true, force: true, maxRetries: REMOVE_RETRIES });
  present.delete(root);
}
