import { LanyardError, problemOf } from '../../shared/errors.ts';
import type { GrantRecord } from '../vault/contents.ts';

/** How long it is believed that a scope cannot be had, in ms. */
const REFUSAL_LIFE_MS = 60 * 60 * 1000;

/** A server that names new scopes all the time gets no more than so many mints in that time. */
const MINT_LIMIT = 3;

/** Longest list of scopes that a server may add to policy's. */
const SCOPE_LIMIT = 100;

/** What widening a grant works with. */
export interface WideningContext {
  readonly mint: (extraScopes: readonly string[], signal: AbortSignal) => Promise<GrantRecord>;
  readonly current: () => GrantRecord | null;
  /** Takes the new token over. */
  readonly onWidened: (token: GrantRecord) => void;
  readonly clock: () => number;
}

/** Asks for scopes that calls turned out to need. */
export interface Widening {
  /** See `Keeper.widen`. */
  ask(scopes: readonly string[]): Promise<GrantRecord>;
  /**
   * A mint that asks for what was granted so far beyond policy too. Where the IdP will not hear of it any more, it goes
   * without: a right that was taken away must not take the rest along.
   */
  mintWide(signal: AbortSignal): Promise<GrantRecord>;
  /** Another person: forgets everything, and ends what is under way; its callers hear `why`. */
  reset(why: LanyardError): void;
}

function notGranted(scopes: readonly string[], cause?: unknown): LanyardError {
  const names = scopes.join(' ');
  return new LanyardError({
    code: 'scope-not-granted',
    user: `Your company has not given you the right that this needs (${names}). Ask your administrator if you need it.`,
    administrator: `The server asks for the scope ${names}, which was not granted${cause === undefined ? '' : `: ${problemOf(cause).administrator}`}`,
    recovery: { kind: 'blocked', reason: 'denied' },
    cause,
  });
}

/** Whether a token has all of these scopes. An answer without `scope` gave what was asked for (RFC 6749 section 5.1). */
export function hasScopes({ scope, extraScopes = [] }: GrantRecord, scopes: readonly string[]): boolean {
  const held = scope === undefined ? extraScopes : scope.split(' ');
  return scopes.every((name) => held.includes(name));
}

const isScopeRefused = (error: unknown) =>
  error instanceof LanyardError && error.code === 'token-exchange-invalid-scope';

/** See {@link Widening}. */
export function createWidening({ mint, current, onWidened, clock }: WideningContext): Widening {
  const underWay = new Map<string, Promise<GrantRecord>>();
  const refused = new Map<string, { readonly error: LanyardError; readonly until: number }>();
  let extra: readonly string[] = current()?.extraScopes ?? [];
  let mintedAt: readonly number[] = [];
  let abort = new AbortController();

  const run = async (key: string, scopes: readonly string[]): Promise<GrantRecord> => {
    const refuse = (error: LanyardError): never => {
      refused.set(key, { error, until: clock() + REFUSAL_LIFE_MS });
      throw error;
    };
    const now = clock();
    mintedAt = mintedAt.filter((at) => now - at < REFUSAL_LIFE_MS);
    const wanted = [...new Set([...extra, ...scopes])];
    if (mintedAt.length >= MINT_LIMIT || wanted.length > SCOPE_LIMIT) throw notGranted(scopes);
    mintedAt = [...mintedAt, now];
    const { signal } = abort;
    const token = await mint(wanted, signal).catch((thrown: unknown) => {
      if (signal.aborted) throw signal.reason;
      // What time may mend is not remembered, and told as what it is.
      if (thrown instanceof LanyardError && thrown.recovery?.kind === 'retry') throw thrown;
      return refuse(notGranted(scopes, thrown));
    });
    if (signal.aborted) throw signal.reason;
    const granted = wanted.filter((name) => hasScopes(token, [name]));
    extra = granted;
    // Also a token without it is a good token: as wide as the one before, and newer.
    onWidened({ ...token, extraScopes: granted });
    if (!hasScopes(token, scopes)) refuse(notGranted(scopes));
    return token;
  };

  return {
    ask: async (scopes) => {
      const held = current();
      // Somebody else has asked for it in the meantime.
      if (held && hasScopes(held, scopes)) return held;
      const key = scopes.toSorted().join(' ');
      const known = refused.get(key);
      if (known && known.until > clock()) throw known.error;
      const begun = underWay.get(key);
      if (begun) return begun;
      const mine = run(key, scopes).finally(() => underWay.delete(key));
      underWay.set(key, mine);
      return mine;
    },
    mintWide: async (signal) => {
      const asked = extra;
      try {
        return await mint(asked, signal);
      } catch (error) {
        if (asked.length === 0 || !isScopeRefused(error)) throw error;
        extra = [];
        return mint([], signal);
      }
    },
    reset: (why) => {
      abort.abort(why);
      abort = new AbortController();
      underWay.clear();
      refused.clear();
      mintedAt = [];
      extra = [];
    },
  };
}
