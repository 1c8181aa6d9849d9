import { createKeeper, type KeeperContext } from '../../../main/grant/keeper.ts';
import { isThin } from '../../../main/grant/mint-budget.ts';
import { silentLog } from '../../../main/journal/log.ts';
import type { MintCount } from '../../../shared/local-api.ts';
import type { PolicyGrants } from '../../../shared/policy.ts';
import { MINUTE_MS } from '../world/durations.ts';
import type { World } from '../world/world.ts';
import type { Ledger } from './ledger.ts';
import { createRestRule } from './rest-rule.ts';
import type { LaptopTimers } from './timers.ts';

/** After an outage calls may fail for so long, in ms: the longest pause is 2 min, and a mint takes its time. */
const AFTERMATH_MS = 3 * MINUTE_MS;

/** One grant of one laptop: a real keeper that is watched from outside. */
export interface WatchedGrant {
  /** Has a token with life left. */
  readonly isReady: boolean;
  readonly isInUse: boolean;
  /** A call needs a token; its end is in the ledger. */
  call(): Promise<void>;
  signedIn(): Promise<void>;
  wake(sleptMs: number, spreadMs: number): void;
  close(): void;
}

/** What a watched grant works with. */
export interface WatchedGrantContext {
  readonly world: World;
  readonly timers: LaptopTimers;
  readonly random: () => number;
  readonly ledger: Ledger;
  readonly keep: PolicyGrants['keep'];
  readonly mint: KeeperContext['mint'];
  readonly isSignedIn: () => boolean;
  readonly mints: () => MintCount;
}

/** See {@link WatchedGrant}. */
export function watchGrant(context: WatchedGrantContext): WatchedGrant {
  const { world, timers, random, ledger, keep, mint, isSignedIn, mints } = context;
  const { clock } = world.time;
  const rule = createRestRule();
  let asking = 0;
  let minting = 0;
  let unused = false;

  const keeper = createKeeper({
    mint: async (extraScopes, signal, onIdJag) => {
      if (minting > 0) ledger.breaks('mintsSideBySide');
      if (!rule.mayMint(clock(), { keep, asked: asking > 0, thin: isThin(mints()) })) ledger.breaks('mintsAtRest');
      minting += 1;
      try {
        const token = await mint(extraScopes, signal, onIdJag);
        if (unused) ledger.mintWasUnused();
        unused = true;
        return token;
      } finally {
        minting -= 1;
      }
    },
    kept: null,
    keep: async () => {},
    when: keep,
    isSignedIn,
    isThin: () => isThin(mints()),
    clock,
    schedule: timers.schedule,
    random,
    log: silentLog,
    onChange: () => {
      world.work += 1;
    },
  });

  const isReady = () => (keeper.state.token?.expiresAt ?? 0) > clock();
  const refused = (begunAt: number, error: unknown) => {
    ledger.failedCall(begunAt, clock() - begunAt, error);
    if (isReady()) ledger.breaks('failedWithToken');
    if (world.weather === 'fine' && begunAt - world.weatherSince > AFTERMATH_MS) ledger.breaks('failedInFineWeather');
  };
  return {
    get isReady() {
      return isReady();
    },
    get isInUse() {
      return rule.isInUse(clock());
    },
    call: async () => {
      const [begunAt, { sleeps }] = [clock(), timers];
      rule.used(begunAt);
      asking += 1;
      try {
        const { accessToken } = await keeper.token();
        keeper.accepted(accessToken);
        unused = false;
        if (timers.sleeps === sleeps) ledger.servedCall(begunAt, clock() - begunAt);
      } catch (error) {
        if (timers.sleeps === sleeps) refused(begunAt, error);
      } finally {
        asking -= 1;
      }
    },
    signedIn: async () => {
      rule.used(clock());
      asking += 1;
      const done = keeper.signedIn();
      asking -= 1;
      await done;
    },
    wake: (sleptMs, spreadMs) => {
      rule.woke(clock(), sleptMs);
      keeper.wake(sleptMs, spreadMs);
    },
    close: keeper.close,
  };
}
