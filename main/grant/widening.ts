import { LanyardError, problemOf } from '../../shared/errors.ts';
import type { GrantRecord } from '../vault/contents.ts';

/** How long it is believed that a scope cannot be had, in ms. */
const REFUSAL_LIFE_MS = 60 * 60 * 1000;

/** A server that names new scopes all the time gets no more than so many mints in that time. */
const MINT_LIMIT = 3;

/** Longest list of scopes that servers may add to policy's. */
const SCOPE_LIMIT = 100;

/** What widening a grant works with. */
export interface WideningContext {
  readonly mint: (extraScopes: readonly string[], signal: AbortSignal, onIdJag: () => void) => Promise<GrantRecord>;
  /** The token that is held. */
  readonly current: () => GrantRecord | null;
  /** Settles when the mint that is under way has; `undefined` where there is none. */
  readonly minting: () => Promise<unknown> | undefined;
  /** Takes the new token over. */
  readonly onWidened: (token: GrantRecord) => void;
  readonly clock: () => number;
}

/** Asks for scopes that calls turned out to need. */
export interface Widening {
  /** See `Keeper.widen`. One at a time, so that each adds to what the one before was given. */
  ask(scopes: readonly string[]): Promise<GrantRecord>;
  /**
   * A mint that asks for what was granted so far beyond policy too, after any widening that is under way. Where the IdP
   * or the AS will not hear of it any more, it goes without: a right that was taken away must not take the rest along.
   */
  mintWide(signal: AbortSignal, onIdJag: () => void): Promise<GrantRecord>;
  /** What a kept token was granted beyond policy. */
  load(token: GrantRecord | null): void;
  /** Somebody signed in: what could not be had before may be had now. */
  signedIn(): void;
  /** Another person: forgets everything, and ends what is under way; its callers hear `why`. */
  reset(why: LanyardError): void;
}

function notGranted(scopes: readonly string[], cause?: unknown): LanyardError {
  const names = scopes.join(' ');
  return new LanyardError({
    code: 'scope-not-granted',
    user: `Your company has not given you the right that this needs (${names}). Ask your administrator if you need it.`,
    administrator: `The server asks for the scope ${names}, which was not granted${cause === undefined ? '.' : `: ${problemOf(cause).administrator}`}`,
    recovery: { kind: 'blocked', reason: 'denied' },
    cause,
  });
}

/** Whether a token has all of these scopes. An answer without `scope` gave what was asked for (RFC 6749 section 5.1). */
function hasScopes({ scope, extraScopes = [] }: GrantRecord, scopes: readonly string[]): boolean {
  const held = scope === undefined ? extraScopes : scope.split(' ');
  return scopes.every((name) => held.includes(name));
}

// What only a sign-in helps against, and what time may mend, says nothing about the scopes.
function refusesScopes(thrown: unknown): thrown is LanyardError {
  if (!(thrown instanceof LanyardError) || thrown.recovery?.kind !== 'blocked') return false;
  const { reason } = thrown.recovery;
  return reason === 'denied' || reason === 'misconfigured';
}

/** See {@link Widening}. */
export function createWidening({ mint, current, minting, onWidened, clock }: WideningContext): Widening {
  const underWay = new Map<string, Promise<GrantRecord>>();
  const refused = new Map<string, { readonly error: LanyardError; readonly until: number }>();
  let turn: Promise<unknown> | undefined;
  let extra: readonly string[] = current()?.extraScopes ?? [];
  let mintedAt: readonly number[] = [];
  let abort = new AbortController();

  const spend = () => {
    const now = clock();
    mintedAt = mintedAt.filter((at) => now - at < REFUSAL_LIFE_MS);
    if (mintedAt.length >= MINT_LIMIT) return false;
    mintedAt = [...mintedAt, now];
    return true;
  };
  const known = (key: string): LanyardError | undefined => {
    const held = refused.get(key);
    return held && held.until > clock() ? held.error : undefined;
  };

  const run = async (key: string, scopes: readonly string[], { signal }: AbortController): Promise<GrantRecord> => {
    const refuse = (error: LanyardError): never => {
      refused.set(key, { error, until: clock() + REFUSAL_LIFE_MS });
      throw error;
    };
    const other = minting();
    if (other) await other;
    if (signal.aborted) throw signal.reason;
    // Somebody else may have asked for it meanwhile.
    const held = current();
    if (held && hasScopes(held, scopes)) return held;
    const wanted = [...new Set([...extra, ...scopes])];
    if (wanted.length > SCOPE_LIMIT || !spend()) throw notGranted(scopes);
    const token = await mint(wanted, signal, () => {}).catch((thrown: unknown) => {
      if (signal.aborted) throw signal.reason;
      return refusesScopes(thrown) ? refuse(notGranted(scopes, thrown)) : Promise.reject(thrown);
    });
    if (signal.aborted) throw signal.reason;
    extra = wanted.filter((name) => hasScopes(token, [name]));
    const widened = { ...token, extraScopes: [...extra] };
    // Also a token without it is a good token: as wide as the one before, and newer.
    onWidened(widened);
    return hasScopes(token, scopes) ? widened : refuse(notGranted(scopes));
  };

  return {
    ask: async (scopes) => {
      const held = current();
      if (held && hasScopes(held, scopes)) return held;
      const key = scopes.toSorted().join(' ');
      const error = known(key);
      if (error) throw error;
      const begun = underWay.get(key);
      if (begun) return begun;
      const now = abort;
      const mine = turn ? turn.then(() => run(key, scopes, now)) : run(key, scopes, now);
      const settled = mine
        .catch(() => {})
        .then(() => {
          if (turn === settled) turn = undefined;
          if (underWay.get(key) === mine) underWay.delete(key);
        });
      turn = settled;
      underWay.set(key, mine);
      return mine;
    },
    mintWide: async (signal, onIdJag) => {
      if (turn) await turn;
      const asked = extra;
      try {
        return await mint(asked, signal, onIdJag);
      } catch (error) {
        if (asked.length === 0 || signal.aborted || !refusesScopes(error)) throw error;
        extra = [];
        return mint([], signal, onIdJag);
      }
    },
    load: (token) => {
      extra = token?.extraScopes ?? [];
    },
    signedIn: () => refused.clear(),
    reset: (why) => {
      abort.abort(why);
      abort = new AbortController();
      turn = undefined;
      underWay.clear();
      refused.clear();
      mintedAt = [];
      extra = [];
    },
  };
}
