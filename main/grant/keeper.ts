import { LanyardError, problemOf, type Recovery } from '../../shared/errors.ts';
import type { GrantWorkState } from '../../shared/states.ts';
import { signedOut } from '../identity/session-owner.ts';
import type { Log } from '../journal/log.ts';
import type { GrantRecord } from '../vault/contents.ts';
import { createCutList } from './cut-list.ts';
import { decide, type GrantEvent, type GrantState, initialState, transition } from './transitions.ts';

/** How long a caller waits for a mint in flight, in ms: longer than two slow round trips, shorter than patience. */
const WAIT_LIMIT_MS = 10_000;

/** Keeps one grant fresh. */
export interface Keeper {
  readonly state: GrantState;
  /** Access tokens minted since the start. */
  readonly mints: number;
  /**
   * A token that is good for a call now. Any number of callers share one mint; in backoff or blocked they get the
   * cause at once.
   *
   * @throws {LanyardError} the cause, with its recovery.
   */
  token(): Promise<GrantRecord>;
  /** The server took this token. */
  accepted(accessToken: string): void;
  /** The server refused this token (401): it is dropped, also by every other caller. */
  refused(accessToken: string, error: LanyardError): void;
  /** Forgets a failure and mints now if there is no token. Does not throw; the state says how it went. */
  retry(): Promise<void>;
  /** Calls back when the grant is reset, so that what was opened with its token ends too. Gives what ends that. */
  onReset(cut: () => void): () => void;
  /** Drops everything; a mint that is still under way is not kept. */
  reset(): void;
}

/** What a keeper works with. */
export interface KeeperContext {
  /** Mints one; throws errors with a recovery. */
  readonly mint: () => Promise<GrantRecord>;
  /** A token kept from before the restart. */
  readonly kept: GrantRecord | null;
  /** Makes a new token, or its loss, durable. */
  readonly keep: (token: GrantRecord | null) => Promise<void>;
  readonly clock: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly log: Log;
  readonly onChange: () => void;
}

function failure(work: Extract<GrantWorkState, { kind: 'backoff' | 'blocked' }>, now: number): LanyardError {
  const recovery: Recovery =
    work.kind === 'blocked'
      ? { kind: 'blocked', reason: work.reason }
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

async function withLimit<T>(work: Promise<T>): Promise<T> {
  const limit = Promise.withResolvers<never>();
  const timer = setTimeout(() => limit.reject(tooSlow()), WAIT_LIMIT_MS);
  try {
    return await Promise.race([work, limit.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** See {@link Keeper}. Judgement is in transitions.ts; this is the part that does things. */
export function createKeeper({ mint, kept, keep, clock, random, log, onChange }: KeeperContext): Keeper {
  let state = initialState(kept, clock());
  let mints = 0;
  let minting: Promise<GrantRecord> | undefined;
  const users = createCutList();

  const apply = (event: GrantEvent) => {
    const next = transition(state, event);
    if (next === state) return;
    state = next;
    onChange();
  };
  const persist = (token: GrantRecord | null) =>
    keep(token).catch((error: unknown) => log.error('grant-not-kept', { detail: problemOf(error).administrator }));

  const begin = (): Promise<GrantRecord> => {
    apply({ type: 'mint-began', at: clock() });
    const mine = mint().then(
      async (token) => {
        // After a reset this mint belongs to nobody, and its outcome must not come back to life.
        if (minting !== mine) throw signedOut();
        minting = undefined;
        mints += 1;
        apply({ type: 'minted', at: clock(), token });
        log.info('grant-ready', { expiresInSeconds: Math.round((token.expiresAt - clock()) / 1000) });
        await persist(token);
        return token;
      },
      (thrown: unknown) => {
        const error = thrown instanceof LanyardError ? thrown : new LanyardError(problemOf(thrown));
        if (minting === mine) {
          minting = undefined;
          apply({ type: 'mint-failed', at: clock(), error, jitter: random() });
          log.warn('grant-failed', { code: error.code, detail: error.administrator });
        }
        throw error;
      },
    );
    minting = mine;
    return mine;
  };

  return {
    get state() {
      return state;
    },
    get mints() {
      return mints;
    },
    token: async () => {
      const decision = decide(state, clock());
      switch (decision.kind) {
        case 'use':
          return decision.token;
        case 'fail':
          throw failure(decision.work, clock());
        case 'mint':
        case 'wait':
          return withLimit(minting ?? begin()).catch((error: unknown) => {
            // In its last seconds the old token is still better than an error.
            if (state.token && state.token.expiresAt > clock()) return state.token;
            throw error;
          });
      }
    },
    accepted: (accessToken) => apply({ type: 'token-accepted', accessToken }),
    refused: (accessToken, error) => {
      if (state.token?.accessToken !== accessToken) return;
      log.warn('token-refused', { code: error.code });
      apply({ type: 'token-refused', at: clock(), accessToken, error, jitter: random() });
      void persist(null);
    },
    retry: async () => {
      apply({ type: 'retry-asked', at: clock() });
      if (decide(state, clock()).kind === 'mint') await begin().catch(() => {});
      else await minting?.catch(() => {});
    },
    onReset: users.add,
    reset: () => {
      minting = undefined;
      apply({ type: 'reset', at: clock() });
      users.cutAll();
    },
  };
}
