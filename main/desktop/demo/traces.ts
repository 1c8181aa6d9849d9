import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { LocalPaths } from '../../../shared/paths.ts';

/** A note from before a crash may be gone or cut off; then nothing is taken for the demo's that is not named here. */
const noteSchema = z.object({
  /** Milliseconds since the epoch. */
  startedAt: z.number(),
  /** Names of the files in the state folder that were there before. */
  before: z.array(z.string()),
});

/** What the demo leaves on the disk, and how it goes again. */
export interface Traces {
  /** The demo's policy. It lies at one place, so that an agent of a demo that crashed is recognised by it. */
  readonly policyFile: string;
  /** Notes what is there, then writes the policy, which names secrets of the demo company, for this person alone. */
  leave(policy: unknown): Promise<void>;
  /** When the demo began, milliseconds since the epoch; `undefined` where there is no (readable) note of it. */
  startedAt(): Promise<number | undefined>;
  /** Removes the policy, and what an agent without keychain wrote that was not there before. Its agent must have ended. */
  remove(): Promise<void>;
}

/** The files of an agent that belong to the person who was signed in: the vault apart, with its older generation, and the lists. */
function isOfAgent({ insecureVault, insecureKey, lists }: LocalPaths, name: string): boolean {
  return (
    name.startsWith(basename(insecureVault, '.json')) || name === basename(insecureKey) || name === basename(lists)
  );
}

/** The demo's traces in the state folder. */
export function demoTraces(paths: LocalPaths, clock: () => number): Traces {
  const folder = join(paths.state, 'demo');
  const policyFile = join(folder, 'policy.json');
  const noteFile = join(folder, 'note.json');
  const ofAgent = async () => (await readdir(paths.state).catch(() => [])).filter((name) => isOfAgent(paths, name));
  const note = async () => {
    try {
      return noteSchema.parse(JSON.parse(await readFile(noteFile, 'utf8')));
    } catch {
      return undefined;
    }
  };
  return {
    policyFile,
    leave: async (policy) => {
      const before = await ofAgent();
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeFile(noteFile, JSON.stringify({ startedAt: clock(), before }), { mode: 0o600 });
      await writeFile(policyFile, JSON.stringify(policy), { mode: 0o600 });
    },
    startedAt: async () => (await note())?.startedAt,
    remove: async () => {
      const noted = await note();
      const made = noted ? (await ofAgent()).filter((name) => !noted.before.includes(name)) : [];
      for (const name of made) await rm(join(paths.state, name), { recursive: true, force: true });
      await rm(folder, { recursive: true, force: true });
    },
  };
}
