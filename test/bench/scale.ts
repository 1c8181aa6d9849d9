/** How much is measured: many short rounds rather than few long ones, since rounds are compared with one another. */
export interface Scale {
  /** Load before the first figure, for each target: by then the hot paths are compiled. */
  readonly warmUpMs: number;
  readonly callRounds: number;
  readonly callsPerRound: number;
  readonly loadRounds: number;
  readonly loadRoundMs: number;
  readonly stdioRounds: number;
  readonly stdioCalls: number;
  readonly idleRounds: number;
  /** Between the last server's grant and the look at the agent's memory. */
  readonly idleMs: number;
  readonly signInRounds: number;
}

/** About 100 s on a quiet machine with two cores. */
export const FULL: Scale = {
  warmUpMs: 2_000,
  callRounds: 31,
  callsPerRound: 400,
  loadRounds: 21,
  loadRoundMs: 500,
  stdioRounds: 9,
  stdioCalls: 300,
  idleRounds: 3,
  idleMs: 4_000,
  signInRounds: 9,
};

/** About 35 s. */
export const QUICK: Scale = {
  warmUpMs: 1_000,
  callRounds: 9,
  callsPerRound: 300,
  loadRounds: 7,
  loadRoundMs: 300,
  stdioRounds: 3,
  stdioCalls: 150,
  idleRounds: 1,
  idleMs: 1_000,
  signInRounds: 3,
};
