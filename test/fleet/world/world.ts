import { createVirtualTime, type VirtualTime } from '../../virtual-time.ts';
import { createRandom, type Random, seedOf } from './random.ts';
import { createSettle } from './settle.ts';
import { createTokenLoad, type TokenLoad } from './token-load.ts';

/** What works: everything; no name resolves anywhere; the IdP answers 503, or nothing at all. */
export type Weather = 'fine' | 'no-network' | 'idp-down';

/** Everything that a company's agents share. */
export interface World {
  readonly time: VirtualTime;
  readonly load: TokenLoad;
  /** Chance in the network: latencies, and how requests fail. */
  readonly random: Random;
  readonly weather: Weather;
  /** When it became so. Milliseconds since the epoch. */
  readonly weatherSince: number;
  turn(weather: Weather): void;
  /** Lets time pass. */
  pass(ms: number): Promise<void>;
  /** What all agents draw instead of a random number, to see what jitter is good for; `undefined` for real chance. */
  sameForAll: number | undefined;
  /** Timers that went off, requests that were sent, changes of state: what a run costs, without the machine's noise. */
  work: number;
}

const PURPOSE_NETWORK = 9;

/** A world in which nothing has happened yet. */
export function createWorld(seed: number, startsAt: number): World {
  const time = createVirtualTime(startsAt);
  const settle = createSettle();
  let weather: Weather = 'fine';
  let weatherSince = startsAt;
  return {
    time,
    load: createTokenLoad(),
    random: createRandom(seedOf(seed, 0, PURPOSE_NETWORK)),
    get weather() {
      return weather;
    },
    get weatherSince() {
      return weatherSince;
    },
    turn: (next) => {
      weather = next;
      weatherSince = time.clock();
    },
    pass: (ms) => time.advance(ms, settle),
    sameForAll: undefined,
    work: 0,
  };
}
