/** The returns of a server, for one who waits for them one after the other. */
export interface ReturnsWatch {
  /** Resolves at the next return, or at once where there was one since the last time; also when `signal` aborts. */
  next(signal: AbortSignal): Promise<void>;
  stop(): void;
}

/** Watches from here on, so that no return is missed between two waits. */
export function watchReturns(onReturn: (listener: () => void) => () => void): ReturnsWatch {
  let isBack = false;
  let wake = () => {};
  const stop = onReturn(() => {
    isBack = true;
    wake();
  });
  return {
    next: async (signal) => {
      if (!isBack && !signal.aborted)
        await new Promise<void>((resolve) => {
          wake = () => {
            signal.removeEventListener('abort', wake);
            resolve();
          };
          signal.addEventListener('abort', wake);
        });
      isBack = false;
    },
    stop,
  };
}
