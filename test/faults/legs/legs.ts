import { control, demanded, told } from '../figures.ts';
import type { Part } from '../part.ts';
import { watchActivity } from '../world/activity.ts';
import { startLaptop } from '../world/laptop.ts';
import { createNetwork } from '../world/network.ts';
import { createTime } from '../world/time.ts';
import { limitsBy } from '../world/time-limits.ts';
import { type Ground, LIFETIMES, type Outcome, tryCell } from './cell.ts';
import { type Blow, blowsFor, LEGS, type Leg } from './matrix.ts';

/** A request without an answer for so long hangs, in ms of real time; all others are answered in a few. */
const HANGS_AFTER_MS = 150;

/** Long: that a lost answer may cost the session is another part's matter. */
const REUSE_GRACE_SECONDS = 30 * 24 * 60 * 60;

/** One blow to one leg. */
type Tried = Outcome & { readonly name: string; readonly isFinal: boolean };

async function openGround(): Promise<{ ground: Ground; close: () => Promise<void> }> {
  const time = createTime();
  const network = createNetwork();
  const endLimits = limitsBy(time.schedule);
  const laptop = await startLaptop({
    company: {
      extraServers: 1,
      lifetimes: { ...LIFETIMES, refreshTokenSeconds: 10_000_000 },
      refreshReuseGraceSeconds: REUSE_GRACE_SECONDS,
    },
    servers: ['notes', 'extra-1'],
    change: (policy) => ({ ...policy, grants: { mintsPerMonth: 1_000_000 } }),
    clock: time.clock,
    schedule: time.schedule,
  });
  const activity = watchActivity(laptop, HANGS_AFTER_MS);
  await laptop.signIn();
  const close = async () => {
    activity.close();
    endLimits();
    network.close();
    await laptop.close();
  };
  return { ground: { laptop, time, activity, network }, close };
}

async function tryLeg(leg: Leg, blows: readonly Blow[]): Promise<Tried[]> {
  const { ground, close } = await openGround();
  const outcomes: Tried[] = [];
  try {
    for (const blow of blows) outcomes.push({ ...blow, ...(await tryCell(ground, leg, blow)) });
    return outcomes;
  } finally {
    await close();
  }
}

/** Faults that the program takes for the same as their neighbours in the matrix. */
const LONG_ONLY: readonly string[] = ['connect ENETUNREACH', 'connect ETIMEDOUT', 'cut after'];

/** Pauses between tries double up to 2 min, and the harness calls every 15 s; in ms of virtual time. */
const PASSING_LIMIT_MS = 140_000;

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

function worst(outcomes: readonly Tried[], of: 'waitMs' | 'recoveryMs'): string {
  const [first] = outcomes.toSorted((a, b) => b[of] - a[of]);
  return first ? `${first.name}: ${seconds(first[of])}` : '–';
}

/** Every leg, struck with everything that it can be struck with; one line for each. */
export const legs: Part = async ({ tell, wanted }) => {
  const all: Tried[] = [];
  for (const leg of LEGS) {
    const blows = blowsFor(leg).filter(({ name }) => wanted.long || !LONG_ONLY.includes(name));
    const outcomes = await tryLeg(leg, blows);
    all.push(...outcomes.map((outcome) => ({ ...outcome, name: `${leg.name} ${outcome.name}` })));
    const broken = outcomes.filter((outcome) => outcome.broken.length > 0);
    const details = broken.map(({ name, broken: what }) => `${leg.name}, ${name}: ${what.join('; ').slice(0, 400)}`);
    const passed = `${outcomes.length - broken.length} of ${outcomes.length}`;
    tell(demanded(`${leg.name}: kinds of faults that end well`, passed, 'all', broken.length === 0, details));
  }
  const passing = all.filter(({ isFinal }) => !isFinal);
  const slow = passing.filter(({ recoveryMs }) => recoveryMs > PASSING_LIMIT_MS);
  const untouched = all.filter(({ failed }) => failed === 0).map(({ name }) => name);
  tell(
    told('cells', all.length),
    told('cells in which no call failed', untouched.length),
    told('longest wait of a call (virtual)', worst(all, 'waitMs')),
    demanded(
      'longest recovery from what passes (virtual)',
      worst(passing, 'recoveryMs'),
      seconds(PASSING_LIMIT_MS),
      slow.length === 0,
      slow.map(({ name }) => name),
    ),
    told('longest recovery after a refusal (virtual)', worst(all, 'recoveryMs')),
    control(
      'calls that failed while a fault lasted',
      all.reduce((sum, { failed }) => sum + failed, 0),
    ),
  );
};
