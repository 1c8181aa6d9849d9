import { createKeeper, type KeeperContext } from '../../../main/grant/keeper.ts';
import { createLog } from '../../../main/journal/log.ts';
import type { GrantRecord } from '../../../main/vault/contents.ts';
import { createVirtualTime } from '../../virtual-time.ts';
import { memorySink } from '../fixtures.ts';
import { grantToken, NOW } from './grant-states.ts';

/** A mint that ends when the test says so. */
export interface PendingMint extends PromiseWithResolvers<GrantRecord> {
  readonly extraScopes: readonly string[];
  readonly signal: AbortSignal;
  /** The IdP issued an ID-JAG for it. */
  readonly issue: () => void;
}

/** What can be chosen; the grant is in nobody's hands and nothing is renewed ahead unless a test says so. */
export interface KeepingOptions extends Partial<Pick<KeeperContext, 'kept' | 'keep' | 'when' | 'random'>> {
  readonly thin?: boolean;
  readonly signedIn?: boolean;
}

/** A keeper in virtual time, whose mints end when the test says so. */
export function keeping(options: KeepingOptions = {}) {
  const { kept = null, keep = async () => {}, when = 'on-demand', random = () => 1 } = options;
  const time = createVirtualTime(NOW);
  const sink = memorySink();
  const mints: PendingMint[] = [];
  const stored: (string | null)[] = [];
  const circumstances = { thin: options.thin ?? false, signedIn: options.signedIn ?? true };
  let changes = 0;
  const keeper = createKeeper({
    mint: (extraScopes, signal, issue) => {
      const next = { ...Promise.withResolvers<GrantRecord>(), extraScopes, signal, issue };
      mints.push(next);
      return next.promise;
    },
    kept,
    keep: async (token) => {
      stored.push(token?.accessToken ?? null);
      await keep(token);
    },
    when,
    isSignedIn: () => circumstances.signedIn,
    isThin: () => circumstances.thin,
    clock: time.clock,
    schedule: time.schedule,
    random,
    log: createLog([sink]),
    onChange: () => {
      changes += 1;
    },
  });
  return {
    keeper,
    mints,
    stored,
    circumstances,
    ...time,
    /** Time passes and no timer goes off: the test looks at what callers alone bring about. */
    pass: time.sleep,
    fresh: (accessToken: string, lifeMs?: number) => grantToken(accessToken, lifeMs, time.clock()),
    events: () => sink.entries,
    changes: () => changes,
  };
}
