import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Memory of a process and everything it started, in MB (2^20 bytes). */
export interface Memory {
  /** Resident: pages shared with other processes count in full. */
  readonly rss: number;
  /** Proportional: a page that n processes share counts 1/n. */
  readonly pss: number;
}

const KB_PER_MB = 1024;

/** Whether this system tells proportional memory: Linux since 4.14. */
export function canReadMemory(): boolean {
  return existsSync('/proc/self/smaps_rollup');
}

/** The fourth field; the second is the program's name in brackets, which may hold spaces and brackets itself. */
function parentOf(pid: string): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}

function treeOf(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const parent = parentOf(pid);
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(pid)]);
  }
  const tree = [root];
  for (const pid of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

function field(rollup: string, name: string): number {
  const kilobytes = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1];
  if (kilobytes === undefined) throw new Error(`smaps_rollup has no ${name}:\n${rollup}`);
  return Number(kilobytes) / KB_PER_MB;
}

/** What a process and all its descendants use now. Throws when it has ended. */
export function readMemory(pid: number): Memory {
  const rollups = treeOf(pid).map((one) => readFileSync(`/proc/${one}/smaps_rollup`, 'latin1'));
  const total = (name: string) => rollups.reduce((sum, rollup) => sum + field(rollup, name), 0);
  return { rss: total('Rss'), pss: total('Pss') };
}
