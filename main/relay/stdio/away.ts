/** What {@link createAway} works with. */
export interface AwayContext {
  /** Calls back when the server may be reached again. Gives what ends that. */
  readonly onReturn: (listener: () => void) => () => void;
  /** Reaches the server. Rejects where that cannot be done yet. */
  readonly reach: () => Promise<void>;
  /** Tells the client that what it was told meanwhile may be different now. */
  readonly announce: () => void;
}

/** The time in which a server is not there for a client that got answers in its place. */
export interface Away {
  /** It is not there. */
  begin(): void;
  /** It is there again. */
  end(): void;
  /** Looks for it now, where it is not there. */
  look(): void;
  close(): void;
}

/** Looks for the server each time there is reason to, until it is reached; then the client is told, once. */
export function createAway({ onReturn, reach, announce }: AwayContext): Away {
  let isAway = false;
  let isLooking = false;
  let closed = false;
  let stopWaiting: (() => void) | undefined;
  const stop = () => {
    stopWaiting?.();
    stopWaiting = undefined;
  };
  const end = () => {
    if (!isAway || closed) return;
    isAway = false;
    stop();
    announce();
  };
  const look = () => {
    if (!isAway || isLooking || closed) return;
    isLooking = true;
    // What ended meanwhile has been told by whoever ended it.
    reach()
      .then(end, () => {})
      .finally(() => {
        isLooking = false;
      });
  };
  return {
    begin: () => {
      if (closed) return;
      isAway = true;
      stopWaiting ??= onReturn(look);
    },
    end,
    look,
    close: () => {
      closed = true;
      stop();
    },
  };
}
