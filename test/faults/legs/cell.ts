import type { VirtualTime } from '../../virtual-time.ts';
import type { Activity } from '../world/activity.ts';
import { callTool, type Seen } from '../world/call.ts';
import type { Laptop } from '../world/laptop.ts';
import type { Network } from '../world/network.ts';
import { type Blow, type Leg, VICTIM } from './matrix.ts';

/** Where the cells of a leg are tried. */
export interface Ground {
  readonly laptop: Laptop;
  readonly time: VirtualTime;
  readonly activity: Activity;
  readonly network: Network;
}

/** What one cell came to. */
export interface Outcome {
  /** What was not as it must be, one sentence each. */
  readonly broken: readonly string[];
  /** Longest wait of a call, in ms of virtual time. */
  readonly waitMs: number;
  /** From the end of the fault until a call was served, in ms of virtual time. */
  readonly recoveryMs: number;
  /** Calls that the blow touched. */
  readonly failed: number;
}

/** Lifetimes of the company, in seconds. */
export const LIFETIMES = { accessTokenSeconds: 300, idTokenSeconds: 600 } as const;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** What has to pass until the leg is needed, in ms; `sleep` where the lid is closed meanwhile. */
const NEEDS = {
  'new-token': { passMs: 305_000, sleepMs: 0 },
  'new-session': { passMs: 905_000, sleepMs: 0 },
  'provider-metadata': { passMs: 305_000, sleepMs: HOUR_MS },
  metadata: { passMs: 1_000, sleepMs: 25 * HOUR_MS },
  call: { passMs: 0, sleepMs: 0 },
} as const;

/** The other server, which no fault may touch that is its neighbour's. */
const NEIGHBOUR = 'extra-1';

/** A call ends within this, in ms: the longest wait for a token, and one more look. */
const WAIT_LIMIT_MS = 11_000;
/** A client gives up after this, in ms. */
const PATIENCE_MS = 30_000;
const STEP_MS = 500;

/** Longest time after which a fault that ended must be forgotten, in ms: pauses double up to 2 min, rechecks to an hour. */
const RECOVERY_LIMIT_MS = 65 * MINUTE_MS;
const RECOVERY_STEP_MS = 15_000;

/** Makes one call while time passes. */
export async function callNow({ laptop, time, activity }: Ground, server: string) {
  const startedAt = time.clock();
  const patience = new AbortController();
  const held: { seen?: Seen } = {};
  const call = activity.track(callTool(laptop.caller, server, patience.signal));
  void call.then((seen) => {
    held.seen = seen;
  });
  await activity.settle();
  while (!held.seen && time.clock() - startedAt < PATIENCE_MS) await time.advance(STEP_MS, activity.settle);
  if (!held.seen) patience.abort();
  const seen = held.seen ?? (await call);
  return { seen, waitMs: time.clock() - startedAt };
}

function portOf({ laptop: { company } }: Ground, { origin }: Leg): number {
  const victim = company.servers.find(({ name }) => name === VICTIM);
  const urls = { idp: company.issuer, as: victim?.issuer, server: victim?.url };
  return Number(new URL(urls[origin] ?? '').port);
}

function strike(ground: Ground, leg: Leg, blow: Blow): () => void {
  if ('fault' in blow) return ground.laptop.company.faults.set({ ...leg.where, ...blow.fault });
  ground.network.down(blow.connect, [portOf(ground, leg)]);
  return ground.network.up;
}

/** What is wrong with what a client saw while the fault lasted. */
function judge(leg: Leg, blow: Blow, seen: Seen, waitMs: number): string[] {
  const { by, status, isChallenged, sentence } = seen;
  const kind = leg.name === 'server' && 'fault' in blow ? blow.fault.kind : undefined;
  // The relay sets no limit on how long a tool may take.
  const hangs = kind === 'hang';
  // What a server answers with its own mouth goes to the client as it is; 401 alone never does.
  const isServers = hangs || kind === 'status' || kind === 'html' || kind === 'retry-after' || kind === 'cut';
  return [
    ...(status === 401 || isChallenged ? [`a client saw HTTP ${status}${isChallenged ? ' and a challenge' : ''}`] : []),
    ...(by !== 'server' && !isServers && (by !== 'standby' || sentence.length < 20)
      ? [`HTTP ${status} without a sentence`]
      : []),
    ...(waitMs > WAIT_LIMIT_MS && !hangs ? [`a call waited ${waitMs} ms`] : []),
  ];
}

const needsSignIn = ({ laptop }: Ground) => {
  const { session } = laptop.agent.state();
  return session.status === 'signed-out' || session.cause !== undefined;
};

async function recover(ground: Ground, blow: Blow): Promise<{ broken: string[]; recoveryMs: number }> {
  const { time, activity, laptop } = ground;
  const endedAt = time.clock();
  const broken: string[] = [];
  let last: Seen | undefined;
  while (time.clock() - endedAt <= RECOVERY_LIMIT_MS) {
    if (needsSignIn(ground)) {
      if (!blow.isFinal) broken.push('a passing fault asks for a sign-in');
      await laptop.signIn();
      await activity.settle();
    }
    last = (await callNow(ground, VICTIM)).seen;
    if (last.by === 'server') return { broken, recoveryMs: time.clock() - endedAt };
    await time.advance(RECOVERY_STEP_MS, activity.settle);
  }
  return { broken: [...broken, `not served again: HTTP ${last?.status} ${last?.text}`], recoveryMs: RECOVERY_LIMIT_MS };
}

/** Strikes a leg once and looks at everything that must hold before, meanwhile and after. */
export async function tryCell(ground: Ground, leg: Leg, blow: Blow): Promise<Outcome> {
  const { time, activity } = ground;
  const broken: string[] = [];
  const { passMs, sleepMs } = NEEDS[leg.need];
  const end = strike(ground, leg, blow);
  let waitMs = 0;
  let failed = 0;
  try {
    // The connection to the server is needed for every call; whatever only renews is not.
    if (leg.origin !== 'server') {
      const { seen } = await callNow(ground, VICTIM);
      if (seen.by !== 'server') broken.push(`a valid token did not serve: HTTP ${seen.status} ${seen.text}`);
    }
    if (sleepMs > 0) time.sleep(sleepMs);
    await time.advance(passMs, activity.settle);
    for (let round = 0; round < 2; round += 1) {
      const during = await callNow(ground, VICTIM);
      broken.push(...judge(leg, blow, during.seen, during.waitMs));
      waitMs = Math.max(waitMs, during.waitMs);
      failed += during.seen.by === 'server' ? 0 : 1;
      await time.advance(1_000, activity.settle);
    }
    if (leg.where.server !== undefined && !('connect' in blow && leg.origin === 'idp')) {
      const { seen } = await callNow(ground, NEIGHBOUR);
      if (seen.by !== 'server') broken.push(`the neighbour failed too: HTTP ${seen.status} ${seen.text}`);
    }
  } finally {
    end();
  }
  const recovery = await recover(ground, blow);
  return { broken: [...broken, ...recovery.broken], waitMs, recoveryMs: recovery.recoveryMs, failed };
}
