import type { Dispatcher } from 'undici';

/** Streams that outlive so many changes of network are cut: each change leaves a set of connections behind. */
const FINISHING_LIMIT = 8;

/** Connections that can be exchanged for new ones while everybody goes on using `dispatcher`. */
export interface Pool {
  readonly dispatcher: Dispatcher;
  /**
   * From now on every request gets a new connection. The old ones are cut at once, or end with what is under way and
   * their idle time.
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
  let finishing: readonly Dispatcher[] = [];
  const dispatcher = current.compose(
    () => (options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler) =>
      current.dispatch(options, handler),
  );
  return {
    dispatcher,
    renew: (old) => {
      // Not undici's own close(): after that, what is still under way could not be cut any more.
      const before = [...finishing, current];
      current = open();
      finishing = old === 'finish' ? before.slice(-FINISHING_LIMIT) : [];
      for (const one of before) if (!finishing.includes(one)) one.destroy().catch(() => {});
    },
    close: async () => {
      await Promise.all([current, ...finishing].map((one) => one.destroy()));
    },
  };
}
