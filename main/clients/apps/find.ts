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
 * Whether an app seems to be on this machine. Its own file is no sign: we may have made it ourselves, for an app that
 * is installed later.
 */
export async function isFound({ signs, programs }: AppDefinition, machine: Machine): Promise<boolean> {
  const places = [...signs(machine), ...programs.flatMap((name) => placesOfProgram(name, machine))];
  return (await Promise.all(places.map(exists))).includes(true);
}
