import { type Laptop, type LaptopPolicy, openLaptop } from './laptop/laptop.ts';
import { createLedger, type Ledger } from './laptop/ledger.ts';
import { createPerson, type Person } from './people/person.ts';
import { MINUTE_MS } from './world/durations.ts';
import { createWorld, type World } from './world/world.ts';

/** Everything that has no reason to wait for longer is over after this, in ms. */
const WIND_DOWN_MS = 2 * MINUTE_MS;

/** A company's laptops and their people, in a world of their own. */
export interface Fleet {
  readonly world: World;
  readonly ledger: Ledger;
  readonly laptops: readonly Laptop[];
  readonly people: readonly Person[];
  /** Closes everything and looks whether anything is left. */
  close(): Promise<void>;
}

/** How large a fleet is. */
export interface FleetOptions extends LaptopPolicy {
  readonly agents: number;
  /** Milliseconds since the epoch. */
  readonly startsAt: number;
}

/** Opens a fleet whose laptops are all asleep. */
export function openFleet({ agents, startsAt, ...policy }: FleetOptions): Fleet {
  const world = createWorld(policy.seed, startsAt);
  const ledger = createLedger();
  const numbers = Array.from({ length: agents }, (_, index) => index);
  const laptops = numbers.map((index) => openLaptop(index, world, ledger, policy));
  return {
    world,
    ledger,
    laptops,
    people: numbers.map((index) => createPerson(policy.seed, index, policy.servers)),
    close: async () => {
      for (const laptop of laptops) {
        laptop.wake();
        laptop.close();
      }
      await world.pass(WIND_DOWN_MS);
      ledger.breaks('timersLeft', world.time.waiting());
    },
  };
}
