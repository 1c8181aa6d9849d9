import { LanyardError, problemOf } from '../../shared/errors.ts';
import { GAP_MS, GAP_PAUSE_MS, isNetworkFault } from '../../shared/network-gap.ts';
import type { PolicyGrants } from '../../shared/policy.ts';
import type { Schedule } from '../../shared/schedule.ts';
import type { StepUp } from '../../shared/step-up.ts';
import { signedOut } from '../identity/session-owner.ts';
import type { Log } from '../journal/log.ts';
import type { GrantRecord } from '../vault/contents.ts';
import { createCutList } from './cut-list.ts';
import { decide, plan } from './decide.ts';
import { createMinting } from './minting.ts';
import { createObtain, type Purpose, pauseUntil } from './obtain.ts';
import { isUsable } from './pace.ts';
import { type GrantEvent, type GrantState, initialState, transition } from './transitions.ts';
import { afterSleep, IN_USE_MS, UNUSED, UPKEEP_MS, usedAt } from './use.ts';
import { createWidening } from './widening.ts';

export type { Purpose } from './obtain.ts';

/** A sign-in that some call asked for; the grant itself goes on. */
export interface Demand {
  readonly stepUp: StepUp;
  readonly cause: LanyardError;
}

/** Keeps one grant fresh. */
export interface Keeper {
  readonly state: GrantState;
  /** Set while the server wants a stronger or more recent sign-in for some of its calls. */
  readonly demand: Demand | undefined;
  /**
   * A token that is good for a call now. Any number of callers share one mint; in backoff or blocked they get the
   * cause at once, except right after waking, when the network's first seconds are waited for.
   *
   * @throws {LanyardError} the cause, with its recovery.
   */
  token(purpose?: Purpose): Promise<GrantRecord>;
  /** {@link Keeper.token} where it is there at once, which is nearly always: without a promise to wait for. */
  tokenAtOnce(purpose?: Purpose): GrantRecord | undefined;
  /** The server took this token: it answered, and not with a fault of its own. */
  accepted(accessToken: string): void;
  /** The server refused this token (401): it is dropped, also by every other caller. */
  refused(accessToken: string, error: LanyardError): void;
  /**
   * A token that has these scopes too (RFC 6750 section 3.1), asked for together with those held. What cannot be had is
   * remembered, so that calls in a loop cost no mints. The grant goes on for everybody else in any case.
   *
   * @throws {LanyardError} `scope-not-granted` or what kept it from being asked for.
   */
  widen(scopes: readonly string[]): Promise<GrantRecord>;
  /** One call needs another sign-in (RFC 9470); the token stays good for the rest. */
  stepUpAsked(stepUp: StepUp, cause: LanyardError): void;
  /** Forgets a failure and mints now if there is no token. Does not throw; the state says how it went. */
  retry(): Promise<void>;
  /** Somebody signed in: counts as use, and what the last sign-in could not give is asked for anew. */
  signedIn(): Promise<void>;
  /**
   * The machine slept for so long (0: only the network changed). A grant that was in use is renewed within `spreadMs`,
   * or as soon as a call needs it.
   */
  wake(sleptMs: number, spreadMs: number): void;
  /**
   * For a call that did not reach its server: right after waking, when the network may still be coming up, it may be sent
   * again (`true`) after a moment's wait. At any other time `false`, at once.
   */
  networkMayCome(): Promise<boolean>;
  /** The vault was opened: takes up the token that it holds for this grant, once no mint is under way. Never throws. */
  load(token: GrantRecord | null): Promise<void>;
  /** Calls back when the grant is reset, so that what was opened with its token ends too. Gives what ends that. */
  onReset(cut: () => void): () => void;
  /** Drops everything; a mint that is still under way is ended and not kept, and its callers hear `why`. */
  reset(why?: LanyardError): void;
  /** Ends its timers and what is under way. */
  close(): void;
}

/** What a keeper works with. */
export interface KeeperContext {
  /** Mints one; throws errors with a recovery. `onIdJag` is called when an ID-JAG was issued: that is what it costs. */
  readonly mint: (extraScopes: readonly string[], signal: AbortSignal, onIdJag: () => void) => Promise<GrantRecord>;
  /** A token kept from before the restart. */
  readonly kept: GrantRecord | null;
  /** Makes a new token, or its loss, durable. */
  readonly keep: (token: GrantRecord | null) => Promise<void>;
  /** Policy's word on what is renewed ahead. */
  readonly when: PolicyGrants['keep'];
  readonly isSignedIn: () => boolean;
  /** Whether mints have to be saved. */
  readonly isThin: () => boolean;
  readonly clock: () => number;
  readonly schedule: Schedule;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly log: Log;
  readonly onChange: () => void;
}

/** See {@link Keeper}. Judgement is in transitions.ts and decide.ts; this is the part that does things. */
export function createKeeper(context: KeeperContext): Keeper {
  const { mint, kept, keep, when, isSignedIn, isThin, clock, schedule, random, log, onChange } = context;
  let state = initialState(kept, clock(), random());
  let use = UNUSED;
  let demand: Demand | undefined;
  let cancelLook = () => {};
  // The state's own gap ends with the first token; a server may be out of reach for longer than its AS.
  let gapUntil = Number.NEGATIVE_INFINITY;
  let toldOfGap = false;
  let closed = false;
  const users = createCutList();

  const apply = (event: GrantEvent) => {
    const next = transition(state, event);
    if (next === state) return;
    state = next;
    onChange();
  };
  const persist = (token: GrantRecord | null) => {
    keep(token).catch((error: unknown) => log.error('grant-not-kept', { detail: problemOf(error).administrator }));
  };

  const widening = createWidening({
    mint,
    current: () => state.token,
    minting: () => minting.underWay?.catch(() => {}),
    onWidened: (token) => {
      apply({ type: 'widened', token, jitter: random() });
      persist(token);
      look();
    },
    clock,
  });
  const minting = createMinting({
    mint: widening.mintWide,
    onBegan: () => apply({ type: 'mint-began', at: clock() }),
    onMinted: (token) => {
      const renewed = state.token !== null;
      apply({ type: 'minted', at: clock(), token, jitter: random() });
      log.info('grant-ready', { expiresInSeconds: Math.round((token.expiresAt - clock()) / 1000), renewed });
      persist(token);
      look();
    },
    onFailed: (error, spent) => {
      apply({ type: 'mint-failed', at: clock(), error, spent, jitter: random() });
      // While the network may still be coming up there is a try every quarter of a second: one line says enough.
      const inGap = clock() < gapUntil && isNetworkFault(error);
      if (!(inGap && toldOfGap)) log.warn('grant-failed', { code: error.code, detail: error.administrator });
      toldOfGap = inGap;
      look();
    },
  });
  // A start counts too: clients open their streams again after it, and give up on one that they do not get.
  const startedAt = clock();
  const keepsUp = () => !isThin() && (when === 'always' || clock() - Math.max(use.at, startedAt) <= UPKEEP_MS);
  const obtain = createObtain({ state: () => state, minting, keepsUp, clock, schedule });

  // Does what is due, and sets the timer for what is due next.
  const look = () => {
    cancelLook();
    cancelLook = () => {};
    if (closed) return;
    const circumstances = { keep: when, signedIn: isSignedIn(), thin: isThin(), lastUsedAt: use.at };
    const next = plan(state, circumstances, clock());
    if (next.kind === 'mint') void minting.begin();
    else if (next.kind === 'look') cancelLook = schedule(next.at - clock(), look);
  };

  const noteUse = (now: number) => {
    const restedMs = now - use.at;
    if (restedMs === 0 && !use.byWaking) return;
    use = usedAt(now);
    if (restedMs > IN_USE_MS) look();
  };
  // The way of nearly every call.
  const tokenAtOnce = (purpose: Purpose = 'call'): GrantRecord | undefined => {
    const now = clock();
    if (purpose === 'call') noteUse(now);
    const { token } = state;
    return token && isUsable(token, now) ? token : undefined;
  };
  const demandSignIn = (stepUp: StepUp, cause: LanyardError) => {
    demand = { stepUp, cause };
    log.warn('step-up-asked', { code: cause.code });
    onChange();
  };
  const mintIfNone = async () => {
    if (closed) return;
    if (decide(state, clock()).kind === 'mint') await minting.begin().catch(() => {});
    else await minting.underWay?.catch(() => {});
  };
  const stop = (why: LanyardError) => {
    minting.end(why);
    widening.reset(why);
    cancelLook();
  };

  look();
  return {
    get state() {
      return state;
    },
    get demand() {
      return demand;
    },
    tokenAtOnce,
    token: async (purpose = 'call') => {
      const token = tokenAtOnce(purpose);
      if (token) return token;
      if (closed) throw signedOut();
      return obtain(purpose);
    },
    accepted: (accessToken) => apply({ type: 'token-accepted', accessToken }),
    refused: (accessToken, error) => {
      if (state.token?.accessToken !== accessToken) return;
      log.warn('token-refused', { code: error.code });
      apply({ type: 'token-refused', at: clock(), accessToken, error });
      persist(null);
      look();
    },
    widen: async (scopes) => {
      try {
        return await widening.ask(scopes);
      } catch (error) {
        if (error instanceof LanyardError && error.recovery?.kind === 'blocked' && error.recovery.stepUp)
          demandSignIn(error.recovery.stepUp, error);
        throw error;
      }
    },
    stepUpAsked: demandSignIn,
    load: async (token) => {
      // One that began before may still find nobody signed in; what it finds otherwise is newer than what was kept.
      if (minting.underWay) await minting.underWay.catch(() => {});
      if (state.token) return;
      widening.load(token);
      apply({ type: 'loaded', at: clock(), token, jitter: random() });
      look();
    },
    retry: async () => {
      apply({ type: 'retry-asked', at: clock() });
      await mintIfNone();
    },
    signedIn: async () => {
      use = usedAt(clock());
      const wasDemanded = demand !== undefined;
      demand = undefined;
      widening.signedIn();
      apply({ type: 'retry-asked', at: clock() });
      if (wasDemanded && !closed) {
        // The token in hand, and one that is on its way, carry the sign-in before this one.
        await minting.underWay?.catch(() => {});
        await (minting.underWay ?? minting.begin()).catch(() => {});
      } else if (when !== 'on-demand') await mintIfNone();
    },
    wake: (sleptMs, spreadMs) => {
      const now = clock();
      gapUntil = now + GAP_MS;
      use = afterSleep(use, now, sleptMs);
      apply({ type: 'woke', at: now, spreadMs, jitter: random() });
      look();
    },
    networkMayCome: async () => {
      if (clock() >= gapUntil) return false;
      await pauseUntil(clock() + GAP_PAUSE_MS, { clock, schedule });
      return !closed;
    },
    onReset: users.add,
    reset: (why = signedOut()) => {
      stop(why);
      demand = undefined;
      apply({ type: 'reset', at: clock() });
      users.cutAll();
    },
    close: () => {
      closed = true;
      stop(signedOut());
    },
  };
}
