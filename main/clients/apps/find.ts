import { access } from 'node:fs/promises';
import type { AppDefinition } from './definition.ts';
import { type Machine, placesOfProgram } from './machine.ts';

/** Whether there is something at this path that we can see. */
export function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** The file that an app's entries go to; it need not be there yet. */
export async function fileOf({ kind, files }: AppDefinition, machine: Machine): Promise<string> {
  const candidates = files(machine);
  const present = await Promise.all(candidates.map(exists));
  const file = candidates.find((_, index) => present[index]) ?? candidates.at(-1);
  if (file === undefined) throw new Error(`The table has no file for ${kind}`);
  return file;
}

/**
 * Whether an app seems to be on this machine: one of its files, what only it makes, or its program is there. A file
 * that we made ourselves is one too, until it goes with our entries.
 */
export async function isFound({ files, signs, programs }: AppDefinition, machine: Machine): Promise<boolean> {
  const inPaths = programs.flatMap((name) => placesOfProgram(name, machine));
  const places = new Set([...files(machine), ...signs(machine), ...inPaths]);
  return (await Promise.all([...places].map(exists))).includes(true);
}
