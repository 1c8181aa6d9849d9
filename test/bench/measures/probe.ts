import { setTimeout as delay } from 'node:timers/promises';
import { openConnection } from '../load/connection.ts';
import { quantile } from '../report/statistics.ts';

/** Between two probes, in ms. */
const PROBE_PAUSE_MS = 20;

/** How long a process let requests wait that cost it nothing: its event loop's delay, seen from outside. In ms. */
export interface Delays {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly highestMs: number;
}

/**
 * Asks a listener for a path that it does not have, over and over, until `stop`: it answers that at once when its turn
 * comes, so what it takes is the wait for that turn.
 */
export function startProbe(origin: string): { stop(): Promise<Delays> } {
  const connection = openConnection({ url: `${origin}/`, headers: {} });
  const times: number[] = [];
  let stopped = false;
  const probing = (async () => {
    while (!stopped) {
      times.push((await connection.exchange({ method: 'POST', body: '' })).ms);
      await delay(PROBE_PAUSE_MS);
    }
  })();
  // Whoever stops it hears of it.
  probing.catch(() => {});
  return {
    stop: async () => {
      stopped = true;
      await probing;
      connection.close();
      times.sort((a, b) => a - b);
      return { p50Ms: quantile(times, 0.5), p99Ms: quantile(times, 0.99), highestMs: times.at(-1) ?? Number.NaN };
    },
  };
}
