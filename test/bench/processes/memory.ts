import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { quantile } from '../report/statistics.ts';
import { treeOf } from './tree.ts';

/** Memory of a process and everything it started, in MB (2^20 bytes). */
export interface Memory {
  /** Resident: pages shared with other processes count in full. */
  readonly rss: number;
  /** Proportional: a page that n processes share counts 1/n. */
  readonly pss: number;
}

const KB_PER_MB = 1024;

/** What has the kernel forget the highest resident size so far (proc(5), clear_refs). */
const RESET_PEAK = '5';

/** Readings of one moment, and the pause between them in ms: a collection that happens to run moves no median. */
const READINGS = 5;
const READING_PAUSE_MS = 40;

/** Whether this system tells proportional memory: Linux since 4.14. */
export function canReadMemory(): boolean {
  return existsSync('/proc/self/smaps_rollup');
}

function field(text: string, name: string): number {
  const kilobytes = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1];
  if (kilobytes === undefined) throw new Error(`There is no ${name} in:\n${text}`);
  return Number(kilobytes) / KB_PER_MB;
}

/** What a process and all its descendants use now. Throws when it has ended. */
export function readMemory(pid: number): Memory {
  const rollups = treeOf(pid).map((one) => readFileSync(`/proc/${one}/smaps_rollup`, 'latin1'));
  const total = (name: string) => rollups.reduce((sum, rollup) => sum + field(rollup, name), 0);
  return { rss: total('Rss'), pss: total('Pss') };
}

/** The median of several readings a moment apart. */
export async function readSteadyMemory(pid: number): Promise<Memory> {
  const found: Memory[] = [];
  for (let reading = 0; reading < READINGS; reading += 1) {
    if (reading > 0) await delay(READING_PAUSE_MS);
    found.push(readMemory(pid));
  }
  const median = (value: (memory: Memory) => number) =>
    quantile(
      found.map(value).sort((a, b) => a - b),
      0.5,
    );
  return { rss: median(({ rss }) => rss), pss: median(({ pss }) => pss) };
}

/** From now on {@link readPeakMb} counts anew, for a process and all its descendants. */
export function resetPeak(pid: number): void {
  for (const one of treeOf(pid)) writeFileSync(`/proc/${one}/clear_refs`, RESET_PEAK);
}

/** The highest resident size since {@link resetPeak}, in MB: the sum over a process and all its descendants. */
export function readPeakMb(pid: number): number {
  return treeOf(pid).reduce((sum, one) => sum + field(readFileSync(`/proc/${one}/status`, 'latin1'), 'VmHWM'), 0);
}
