import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { LocalPaths } from '../../../shared/paths.ts';

/** A note from before a crash may be gone or cut off; then nothing is taken for the demo's. */
const noteSchema = z.object({
  /** Milliseconds since the epoch. */
  startedAt: z.number(),
});

/**
 * What the demo leaves on the disk, and how it goes again. All of it lies in one folder, which is nothing but the
 * demo's: however old it is, and whatever agent runs by then, removing it takes nothing from anybody.
 */
export interface Traces {
  /** Where the demo's agent keeps vault, lists and counts as well. */
  readonly folder: string;
  /** The demo's policy. It lies at one place, so that an agent of a demo that crashed is recognised by it. */
  readonly policyFile: string;
  /**
   * Writes the policy, which names secrets of the demo company, for this person alone. Gives when the demo began,
   * milliseconds since the epoch.
   */
  leave(policy: unknown): Promise<number>;
  /** When the demo began; `undefined` where there is no (readable) note of it. */
  startedAt(): Promise<number | undefined>;
  /** Removes the folder. The demo's agent must have ended. */
  remove(): Promise<void>;
}

/** The demo's traces in the state folder. */
export function demoTraces(paths: Pick<LocalPaths, 'state'>, clock: () => number): Traces {
  const folder = join(paths.state, 'demo');
  const policyFile = join(folder, 'policy.json');
  const noteFile = join(folder, 'note.json');
  const remove = () => rm(folder, { recursive: true, force: true });
  return {
    folder,
    policyFile,
    leave: async (policy) => {
      const startedAt = clock();
      await remove();
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeFile(noteFile, JSON.stringify({ startedAt }), { mode: 0o600 });
      await writeFile(policyFile, JSON.stringify(policy), { mode: 0o600 });
      return startedAt;
    },
    startedAt: async () => {
      try {
        return noteSchema.parse(JSON.parse(await readFile(noteFile, 'utf8'))).startedAt;
      } catch {
        return undefined;
      }
    },
    remove,
  };
}
