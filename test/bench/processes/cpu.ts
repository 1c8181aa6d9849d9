import { existsSync, readFileSync } from 'node:fs';
import { treeOf } from './tree.ts';

/** A tick of Linux's process statistics, in ms: USER_HZ is 100 on every system that Node runs on. */
const TICK_MS = 10;

/** Whether this system tells what a process has used. */
export function canReadCpu(): boolean {
  return existsSync('/proc/self/stat');
}

function readOne(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // The second field is the program's name in brackets, which may hold spaces and brackets itself.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // utime and stime, the 14th and 15th field of proc(5).
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/**
 * Processor time that a process and its running descendants have used so far, all their threads together, in ms. Throws
 * when it has ended.
 */
export function readCpuMs(pid: number): number {
  return treeOf(pid).reduce((sum, one) => sum + readOne(one), 0);
}
