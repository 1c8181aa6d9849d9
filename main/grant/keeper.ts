import { LanyardError, problemOf, type Recovery } from '../../shared/errors.ts';
import { GAP_MS, GAP_PAUSE_MS } from '../../shared/network-gap.ts';
import type { PolicyGrants } from '../../shared/policy.ts';
import type { Schedule } from '../../shared/schedule.ts';
import type { GrantWorkState } from '../../shared/states.ts';
import type { StepUp } from '../../shared/step-up.ts';
import { signedOut } from '../identity/session-owner.ts';
import type { Log } from '../journal/log.ts';
import type { GrantRecord } from '../vault/contents.ts';
import { createCutList } from './cut-list.ts';
import { decide, IN_USE_MS, plan } from './decide.ts';
import { isUsable } from './pace.ts';
import { type GrantEvent, type GrantState, initialState, transition } from './transitions.ts';
import { createWidening } from './widening.ts';

/** How long a caller waits for a mint in flight, in ms: longer than two slow round trips, shorter than patience. */
const WAIT_LIMIT_MS = 10_000;

/**
 * What a token is needed for. `call`: somebody waits for an answer. `upkeep`: a client keeps its connection up, by a
 * ping or by opening its listening stream again, maybe all night long: that alone keeps no grant in use. `background`:
 * nobody waits, as for a stream that we open ourselves or an MCP session that is ended; no mint is spent on it.
 */
export type Purpose = 'call' | 'upkeep' | 'background';

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
  /** The server took this token. */
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
  /** Calls back when the grant is reset, so that what was opened with its token ends too. Gives what ends that. */
  onReset(cut: () => void): () => void;
  /** Drops everything; a mint that is still under way is ended and not kept, and its callers hear `why`. */
  reset(why?: LanyardError): void;
  /** Ends its timers and what is under way. */
  close(): void;
}

/** What a keeper works with. */
export interface KeeperContext {
  /** Mints one; throws errors with a recovery. */
  readonly mint: (extraScopes: readonly string[], signal: AbortSignal) => Promise<GrantRecord>;
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

function failure(work: Extract<GrantWorkState, { kind: 'backoff' | 'blocked' }>, now: number): LanyardError {
  const recovery: Recovery =
    work.kind === 'blocked'
      ? { kind: 'blocked', reason: work.reason, ...(work.stepUp && { stepUp: work.stepUp }) }
      : { kind: 'retry', afterMs: Math.max(0, work.until - now) };
  return new LanyardError({ ...work.cause, recovery });
}

function tooSlow(): LanyardError {
  return new LanyardError({
    code: 'grant-slow',
    user: 'Getting access takes longer than usual. Try again in a moment.',
    administrator: `No access token within ${WAIT_LIMIT_MS / 1000} s; the identity provider or the authorization server is slow.`,
    recovery: { kind: 'retry' },
  });
}

function resting(): LanyardError {
  return new LanyardError({
    code: 'grant-resting',
    user: 'Access is renewed as soon as a tool is called.',
    administrator: 'No token is held, and none is minted for this alone: mints are scarce.',
    recovery: { kind: 'retry' },
  });
}

const isScopeRefused = (error: unknown) =>
  error instanceof LanyardError && error.code === 'token-exchange-invalid-scope';

/** See {@link Keeper}. Judgement is in transitions.ts and decide.ts; this is the part that does things. */
export function createKeeper(context: KeeperContext): Keeper {
  const { mint, kept, keep, when, isSignedIn, isThin, clock, schedule, random, log, onChange } = context;
  let state = initialState(kept, clock(), random());
  let minting: { readonly done: Promise<GrantRecord>; readonly abort: AbortController } | undefined;
  let demand: Demand | undefined;
  // A wake counts as use once; a laptop that wakes by itself all night must not mint all night.
  let lastUse = { at: Number.NEGATIVE_INFINITY, byWaking: false };
  let cancelLook = () => {};
  // The state's own gap ends with the first token; a server may be out of reach for longer than its AS.
  let gapUntil = Number.NEGATIVE_INFINITY;
  let closed = false;
  const users = createCutList();

  const apply = (event: GrantEvent) => {
    const next = transition(state, event);
    if (next === state) return;
    state = next;
    onChange();
  };
  const persist = (token: GrantRecord | null) =>
    keep(token).catch((error: unknown) => log.error('grant-not-kept', { detail: problemOf(error).administrator }));

  // Rights can be taken away: what was granted beyond policy must not take the rest along.
  const mintWide = async (signal: AbortSignal): Promise<GrantRecord> => {
    const extra = widening.scopes();
    try {
      return await mint(extra, signal);
    } catch (error) {
      if (extra.length === 0 || !isScopeRefused(error)) throw error;
      widening.forget();
      return mint([], signal);
    }
  };

  const begin = (): Promise<GrantRecord> => {
    const abort = new AbortController();
    apply({ type: 'mint-began', at: clock() });
    const isMine = () => minting?.abort === abort;
    const done = mintWide(abort.signal).then(
      async (token) => {
        // After a reset this mint belongs to nobody, and its outcome must not come back to life.
        if (!isMine()) throw abort.signal.reason;
        minting = undefined;
        apply({ type: 'minted', at: clock(), token, jitter: random() });
        log.info('grant-ready', { expiresInSeconds: Math.round((token.expiresAt - clock()) / 1000) });
        look();
        await persist(token);
        return token;
      },
      (thrown: unknown) => {
        const error = thrown instanceof LanyardError ? thrown : new LanyardError(problemOf(thrown));
        if (!isMine()) throw abort.signal.reason;
        minting = undefined;
        apply({ type: 'mint-failed', at: clock(), error, jitter: random() });
        log.warn('grant-failed', { code: error.code, detail: error.administrator });
        look();
        throw error;
      },
    );
    // Nobody may be waiting, as for a renewal ahead.
    done.catch(() => {});
    minting = { done, abort };
    return done;
  };

  // Does what is due, and sets the timer for what is due next.
  const look = () => {
    cancelLook();
    cancelLook = () => {};
    if (closed) return;
    const circumstances = { keep: when, signedIn: isSignedIn(), thin: isThin(), lastUsedAt: lastUse.at };
    const next = plan(state, circumstances, clock());
    if (next.kind === 'mint') void begin();
    else if (next.kind === 'look') cancelLook = schedule(next.at - clock(), look);
  };

  const used = (now: number) => {
    const restedMs = now - lastUse.at;
    if (restedMs === 0 && !lastUse.byWaking) return;
    lastUse = { at: now, byWaking: false };
    if (restedMs > IN_USE_MS) look();
  };

  const limited = async <T>(work: Promise<T>, deadline: number): Promise<T> => {
    const limit = Promise.withResolvers<never>();
    const cancel = schedule(deadline - clock(), () => limit.reject(tooSlow()));
    try {
      return await Promise.race([work, limit.promise]);
    } finally {
      cancel();
    }
  };
  const pause = (until: number) =>
    new Promise<void>((resolve) => {
      schedule(until - clock(), resolve);
    });

  const obtain = async (purpose: Purpose, deadline: number): Promise<GrantRecord> => {
    const now = clock();
    const decision = decide(state, now);
    switch (decision.kind) {
      case 'use':
        return decision.token;
      case 'fail':
        throw failure(decision.work, now);
      case 'wait-until':
        await pause(Math.min(decision.at, deadline));
        if (clock() >= deadline) throw tooSlow();
        return obtain(purpose, deadline);
      case 'mint':
        if (purpose === 'background' || (purpose === 'upkeep' && isThin())) throw resting();
        break;
      case 'wait':
        break;
    }
    try {
      return await limited(minting?.done ?? begin(), deadline);
    } catch (error) {
      // In its last seconds the old token is still better than an error.
      if (state.token && state.token.expiresAt > clock()) return state.token;
      if (decide(state, clock()).kind === 'wait-until') return obtain(purpose, deadline);
      throw error;
    }
  };

  const mintIfNone = async () => {
    if (decide(state, clock()).kind === 'mint') await begin().catch(() => {});
    else await minting?.done.catch(() => {});
  };

  const widening = createWidening({
    mint: (scopes, signal) => mint(scopes, signal),
    current: () => state.token,
    onWidened: async (token) => {
      apply({ type: 'widened', token, jitter: random() });
      look();
      await persist(token);
    },
    clock,
  });

  const stop = (why: LanyardError) => {
    minting?.abort.abort(why);
    minting = undefined;
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
    token: async (purpose = 'call') => {
      const now = clock();
      if (purpose === 'call') used(now);
      // The way of nearly every call: no promise of ours but this one.
      const { token } = state;
      if (token && isUsable(token, now)) return token;
      return obtain(purpose, now + WAIT_LIMIT_MS);
    },
    accepted: (accessToken) => apply({ type: 'token-accepted', accessToken }),
    refused: (accessToken, error) => {
      if (state.token?.accessToken !== accessToken) return;
      log.warn('token-refused', { code: error.code });
      apply({ type: 'token-refused', at: clock(), accessToken, error });
      look();
      void persist(null);
    },
    widen: (scopes) => widening.ask(scopes),
    stepUpAsked: (stepUp, cause) => {
      demand = { stepUp, cause };
      log.warn('step-up-asked', { code: cause.code });
      onChange();
    },
    retry: async () => {
      apply({ type: 'retry-asked', at: clock() });
      await mintIfNone();
    },
    signedIn: async () => {
      lastUse = { at: clock(), byWaking: false };
      const wasDemanded = demand !== undefined;
      demand = undefined;
      apply({ type: 'retry-asked', at: clock() });
      if (wasDemanded) {
        // The token in hand, and one that is on its way, carry the sign-in before this one.
        await minting?.done.catch(() => {});
        await begin().catch(() => {});
      } else if (when !== 'on-demand') await mintIfNone();
    },
    wake: (sleptMs, spreadMs) => {
      const now = clock();
      gapUntil = now + GAP_MS;
      if (sleptMs > 0 && !lastUse.byWaking && now - sleptMs - lastUse.at <= IN_USE_MS)
        lastUse = { at: now, byWaking: true };
      apply({ type: 'woke', at: now, spreadMs, jitter: random() });
      look();
    },
    networkMayCome: async () => {
      if (clock() >= gapUntil) return false;
      await pause(clock() + GAP_PAUSE_MS);
      return !closed;
    },
    onReset: users.add,
    reset: (why = signedOut()) => {
      stop(why);
      demand = undefined;
      lastUse = { at: Number.NEGATIVE_INFINITY, byWaking: false };
      apply({ type: 'reset', at: clock() });
      users.cutAll();
    },
    close: () => {
      closed = true;
      stop(signedOut());
    },
  };
}
