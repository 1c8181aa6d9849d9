import type { Schedule } from '../../shared/schedule.ts';
import type { Keeper } from '../grant/keeper.ts';

/** How often somebody who waits for a server has it looked for, in ms: a client that is open all day costs nothing. */
const LOOK_MS = 30_000;

/** Tells those who wait for a server that it may be reached again. */
export interface Returns {
  /** Calls back each time there is reason to try; gives what ends that. */
  on(listener: () => void): () => void;
  /** A grant is there again, or the network. */
  mark(): void;
}

/**
 * Besides being told, it looks by itself as long as somebody waits: a server that could not be reached tells nobody
 * that it is back, and what costs no mint of its own is tried.
 */
export function createReturns(keeper: Pick<Keeper, 'token'>, schedule: Schedule): Returns {
  const listeners = new Set<() => void>();
  let cancelLook: (() => void) | undefined;
  const tell = () => {
    for (const listener of [...listeners]) listener();
  };
  const look = () => {
    cancelLook = schedule(LOOK_MS, () => {
      cancelLook = undefined;
      keeper
        .token('upkeep')
        .then(tell, () => {})
        .finally(() => {
          if (listeners.size > 0 && !cancelLook) look();
        });
    });
  };
  return {
    on: (listener) => {
      // The same function may wait twice.
      const mine = () => listener();
      listeners.add(mine);
      if (!cancelLook) look();
      return () => {
        listeners.delete(mine);
        if (listeners.size > 0) return;
        cancelLook?.();
        cancelLook = undefined;
      };
    },
    mark: tell,
  };
}
