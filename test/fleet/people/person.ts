import { DAY_MS, HOUR_MS, MINUTE_MS } from '../world/durations.ts';
import { between, createRandom, type Random, seedOf } from '../world/random.ts';
import { type Deed, planPresence, planWork, type Stretch } from './day-plan.ts';

/** Laptops that wake by themselves in the hours when nobody is there (mail, backups), and for how long, in ms. */
const WAKES_BY_ITSELF_SHARE = 0.3;
const AWAKE_BY_ITSELF_MS = 2 * MINUTE_MS;

const PURPOSE_PERSON = 2;

/** One person with habits of their own. */
export interface Person {
  /** Everything of one day from midnight to midnight, in order. The laptop is asleep at both. */
  day(isWorkingDay: boolean): Deed[];
}

function wakesByItself(offsetMs: number, away: Stretch): Deed[] {
  const deeds: Deed[] = [];
  for (let at = Math.ceil((away.from - offsetMs) / HOUR_MS) * HOUR_MS + offsetMs; at < away.until; at += HOUR_MS)
    if (at + AWAKE_BY_ITSELF_MS < away.until)
      deeds.push({ at, kind: 'wake' }, { at: at + AWAKE_BY_ITSELF_MS, kind: 'sleep' });
  return deeds;
}

/** See {@link Person}. */
export function createPerson(seed: number, index: number, servers: number): Person {
  const random: Random = createRandom(seedOf(seed, index, PURPOSE_PERSON));
  const isWaker = random() < WAKES_BY_ITSELF_SHARE;
  const offsetMs = between(random, 0, HOUR_MS);
  const alone = (away: Stretch) => (isWaker ? wakesByItself(offsetMs, away) : []);
  return {
    day: (isWorkingDay) => {
      if (!isWorkingDay) return alone({ from: 0, until: DAY_MS });
      const presence = planPresence(random);
      return [
        ...alone({ from: 0, until: presence.from }),
        ...planWork(random, presence, servers),
        ...alone({ from: presence.until + MINUTE_MS, until: DAY_MS }),
      ];
    },
  };
}
