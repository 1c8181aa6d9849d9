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
  /** `onIdJag` is called when an ID-JAG was issued: from there on the mint has cost something. */
  readonly mint: (signal: AbortSignal, onIdJag: () => void) => Promise<GrantRecord>;
  readonly onBegan: () => void;
  readonly onMinted: (token: GrantRecord) => void;
  readonly onFailed: (error: LanyardError, spent: boolean) => void;
}

/** Rejects when `signal` does: whoever works may be slow to notice. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
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
      let spent = false;
      const work = mint(abort.signal, () => {
        spent = true;
      });
      const done = Promise.race([work, aborted(abort.signal)]).then(
        (token) => {
          settle();
          onMinted(token);
          return token;
        },
        (thrown: unknown) => {
          settle();
          const error = thrown instanceof LanyardError ? thrown : new LanyardError(problemOf(thrown));
          onFailed(error, spent);
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
