import type { Dispatcher } from 'undici';

/** Connections that can be exchanged for new ones while everybody goes on using `dispatcher`. */
export interface Pool {
  readonly dispatcher: Dispatcher;
  /**
   * From now on every request gets a new connection. The old ones are cut at once, or end with what is under way.
   */
  renew(old: 'cut' | 'finish'): void;
  /** Cuts everything. */
  close(): Promise<void>;
}

/**
 * See {@link Pool}. After sleep, and on another network, a connection that was kept alive leads nowhere, and the system
 * takes minutes to notice: the first call would hang on it.
 */
export function createPool(open: () => Dispatcher): Pool {
  let current = open();
  const finishing = new Set<Dispatcher>();
  const dispatcher = current.compose(
    () => (options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler) =>
      current.dispatch(options, handler),
  );
  return {
    dispatcher,
    renew: (old) => {
      const before = current;
      current = open();
      if (old === 'cut') {
        before.destroy().catch(() => {});
        return;
      }
      finishing.add(before);
      before
        .close()
        .catch(() => {})
        .finally(() => finishing.delete(before));
    },
    close: async () => {
      await Promise.all([current, ...finishing].map((one) => one.destroy()));
    },
  };
}
