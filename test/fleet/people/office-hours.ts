import type { Fleet } from '../fleet.ts';
import { MINUTE_MS } from '../world/durations.ts';
import { between, createRandom, seedOf, untilNext } from '../world/random.ts';
import { type Deed, planServers } from './day-plan.ts';
import { live } from './live.ts';

/** Each server in use is called every so often on average, in ms: programs go on calling, network or not. */
const CALL_EVERY_MS = 5 * MINUTE_MS;
/** Laptops are opened within so long, in ms. */
const COMING_MS = 20 * MINUTE_MS;

const PURPOSE_OFFICE = 3;

/** Has everybody work for `lengthMs` from now without a break, on the same servers all the time. */
export function workSteadily({ laptops, world }: Fleet, seed: number, lengthMs: number): void {
  const startsAt = world.time.clock();
  laptops.forEach((laptop, index) => {
    const random = createRandom(seedOf(seed, index, PURPOSE_OFFICE));
    const wakesAt = between(random, 0, COMING_MS);
    const deeds: Deed[] = [{ at: wakesAt, kind: 'wake' }];
    for (const server of planServers(random, laptop.grants.length))
      for (let at = wakesAt + untilNext(random, CALL_EVERY_MS); at < lengthMs; at += untilNext(random, CALL_EVERY_MS))
        deeds.push({ at, kind: 'call', server });
    deeds.sort((a, b) => a.at - b.at);
    live(laptop, deeds, startsAt, world);
  });
}
