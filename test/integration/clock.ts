/** A clock that runs with the machine's, and can be put ahead. */
export interface TestClock {
  readonly now: () => number;
  /** Lets this much time pass at once, in seconds. */
  pass(seconds: number): void;
}

/** See {@link TestClock}. It begins at the machine's time, since the sign-in page's cookies stay with that. */
export function createTestClock(): TestClock {
  let aheadMs = 0;
  return {
    now: () => Date.now() + aheadMs,
    pass: (seconds) => {
      aheadMs += seconds * 1000;
    },
  };
}
