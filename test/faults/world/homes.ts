import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const homes = new Set<string>();

/** Makes a home folder that is gone at the end of the run at the latest. */
export function makeHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'lanyard-faults-'));
  homes.add(home);
  return home;
}

/** Removes one home folder. */
export function removeHome(home: string): void {
  rmSync(home, { recursive: true, force: true });
  homes.delete(home);
}

/** Removes those that are left, as after a failure. */
export function removeAllHomes(): void {
  for (const home of homes) removeHome(home);
}
