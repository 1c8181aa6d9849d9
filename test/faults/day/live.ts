import type { ConnectFault } from '../world/network.ts';
import type { Interval, Known } from './judge.ts';
import type { TokenLedger } from './ledger.ts';
import type { Dated } from './plan.ts';
import type { DayWorld } from './world.ts';

/** One call of the day. */
export interface LivedCall {
  readonly server: string;
  readonly by: 'http' | 'stdio';
  readonly startedAt: number;
  endedAt: number;
  readonly realMs: () => number;
  isServed: boolean;
  isChallenged: boolean;
  text: string;
}

/** What a day left behind. */
export interface LivedDay {
  readonly calls: readonly LivedCall[];
  readonly known: (server: string) => Known;
}

/** What a laptop without a network gets, as it comes from the system; all of them before anything is sent. */
const OFFLINE: ConnectFault = 'ENETUNREACH';

/** After the last event, in ms: whatever is still waited for ends. */
const AFTERMATH_MS = 20_000;

function makeCall(world: DayWorld, server: string, by: 'http' | 'stdio'): LivedCall {
  const { laptop, stdio, activity, time } = world;
  const began = performance.now();
  let ended = began;
  const call: LivedCall = {
    server: by === 'stdio' ? world.stdioServer : server,
    by,
    startedAt: time.clock(),
    endedAt: Number.POSITIVE_INFINITY,
    realMs: () => ended - began,
    isServed: false,
    isChallenged: false,
    text: '',
  };
  const finish = (isServed: boolean, text: string, isChallenged = false) => {
    ended = performance.now();
    Object.assign(call, { endedAt: time.clock(), isServed, text, isChallenged });
  };
  if (by === 'stdio') void activity.trackStdio(stdio.call()).then(({ isServed, text }) => finish(isServed, text));
  else
    void activity
      .track(laptop.call(server))
      .then(({ by, status, text, isChallenged }) => finish(by === 'server', text, isChallenged || status === 401));
  return call;
}

/** Lives through the plan, minute by minute; time goes on only when everything that it set going has been done. */
export async function liveDay(world: DayWorld, plan: readonly Dated[], ledger: TokenLedger): Promise<LivedDay> {
  const { laptop, time, network, activity, ports } = world;
  const startsAt = time.clock();
  const calls: LivedCall[] = [];
  const offline: Interval[] = [];
  const providerAway: Interval[] = [];
  const wokeAt: number[] = [];
  let offlineUntil = 0;
  const settle = async () => {
    await activity.settle();
    ledger.look();
  };
  const goOffline = (forMs: number, isTold: boolean) => {
    const now = time.clock();
    offline.push({ from: now, to: now + forMs });
    offlineUntil = Math.max(offlineUntil, now + forMs);
    network.down(OFFLINE, ports);
    const back = () => {
      if (time.clock() < offlineUntil) return;
      network.up();
      if (isTold) laptop.agent.acts.network({ online: true });
    };
    time.schedule(forMs, back);
    return back;
  };

  const happen = async (event: Dated): Promise<void> => {
    switch (event.kind) {
      case 'call':
        calls.push(makeCall(world, event.server, event.by));
        break;
      case 'sleep': {
        const before = time.clock();
        network.down(OFFLINE, ports);
        time.sleep(event.forMs);
        offline.push({ from: before, to: time.clock() });
        wokeAt.push(time.clock());
        goOffline(event.offlineMs, false);
        break;
      }
      case 'flap':
        if (event.isTold) laptop.agent.acts.network({ online: false });
        goOffline(event.forMs, event.isTold);
        break;
      case 'revocation':
        laptop.company.revokeAccessTokens(event.server);
        ledger.revoked(event.server);
        break;
      case 'idp-outage': {
        const ends = (['idp-token', 'idp-metadata'] as const).map((at) =>
          laptop.company.faults.set({ at, kind: 'status', status: 503 }),
        );
        providerAway.push({ from: time.clock(), to: time.clock() + event.forMs });
        time.schedule(event.forMs, () => ends.forEach((end) => void end()));
        break;
      }
    }
    await settle();
  };

  for (const event of plan) {
    await time.advance(Math.max(0, startsAt + event.atMs - time.clock()), settle);
    await happen(event);
  }
  await time.advance(AFTERMATH_MS, settle);
  return { calls, known: (server) => ({ offline, providerAway, tokenHeld: ledger.held(server), wokeAt }) };
}
