import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const MICROSECONDS_PER_MS = 1_000;

/** CPU time of this process so far, in ms. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / MICROSECONDS_PER_MS;
}

/** What is reachable on the heap, in bytes; collects the garbage first. */
export function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}
