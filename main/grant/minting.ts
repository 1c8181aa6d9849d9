import { LanyardError, problemOf } from '../../shared/errors.ts';
import type { GrantRecord } from '../vault/contents.ts';

/** At most one mint at a time, for any number of callers. */
export interface Minting {
  /** The mint that is under way. */
  readonly underWay: Promise<GrantRecord> | undefined;
  /** Begins one; only while none is under way. */
  begin(): Promise<GrantRecord>;
  /** Ends the one under way: its outcome is nobody's, and its callers hear `why`. */
  end(why: LanyardError): void;
}

/** What minting works with. The three callbacks are called before any caller hears of it. */
export interface MintingContext {
  readonly mint: (signal: AbortSignal) => Promise<GrantRecord>;
  readonly onBegan: () => void;
  readonly onMinted: (token: GrantRecord) => void;
  readonly onFailed: (error: LanyardError) => void;
}

/** See {@link Minting}. */
export function createMinting({ mint, onBegan, onMinted, onFailed }: MintingContext): Minting {
  let current: { readonly done: Promise<GrantRecord>; readonly abort: AbortController } | undefined;
  return {
    get underWay() {
      return current?.done;
    },
    begin: () => {
      const abort = new AbortController();
      onBegan();
      // After an end this mint belongs to nobody, and its outcome must not come back to life.
      const settle = () => {
        if (current?.abort !== abort) throw abort.signal.reason;
        current = undefined;
      };
      const done = mint(abort.signal).then(
        (token) => {
          settle();
          onMinted(token);
          return token;
        },
        (thrown: unknown) => {
          settle();
          const error = thrown instanceof LanyardError ? thrown : new LanyardError(problemOf(thrown));
          onFailed(error);
          throw error;
        },
      );
      // Nobody may be waiting, as for a renewal ahead.
      done.catch(() => {});
      current = { done, abort };
      return done;
    },
    end: (why) => {
      current?.abort.abort(why);
      current = undefined;
    },
  };
}
