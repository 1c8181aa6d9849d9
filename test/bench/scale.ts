/** How much is measured: many short rounds rather than few long ones, since rounds are compared with one another. */
export interface Scale {
  /** Load before the first figure, for each target: by then the hot paths are compiled. */
  readonly warmUpMs: number;
  readonly callRounds: number;
  readonly callsPerRound: number;
  readonly loadRounds: number;
  readonly loadRoundMs: number;
  readonly eventRounds: number;
  /** Streams of each round whose first event is timed. */
  readonly shortStreams: number;
  readonly largeRounds: number;
  readonly largeStdioRounds: number;
  readonly listeningRounds: number;
  /** Events to each stream, in each round. */
  readonly listeningEvents: number;
  readonly crowdRounds: number;
  /** One turn of ours, and of each other. */
  readonly crowdRoundMs: number;
  readonly crowdPeerRoundMs: number;
  /** Between the last call and the look at the memory. */
  readonly crowdRestMs: number;
  readonly gatewayRounds: number;
  readonly stdioRounds: number;
  readonly stdioCalls: number;
  /** Calls before a large result. */
  readonly stdioWarmCalls: number;
  readonly idleRounds: number;
  /** Between the last server's grant and the look at the agent's memory. */
  readonly idleMs: number;
  readonly signInRounds: number;
}

/** About five minutes on a quiet machine with two cores. */
export const FULL: Scale = {
  warmUpMs: 2_000,
  callRounds: 31,
  callsPerRound: 400,
  loadRounds: 21,
  loadRoundMs: 500,
  eventRounds: 11,
  shortStreams: 100,
  largeRounds: 11,
  largeStdioRounds: 5,
  listeningRounds: 3,
  listeningEvents: 9,
  crowdRounds: 12,
  crowdRoundMs: 5_000,
  crowdPeerRoundMs: 1_000,
  crowdRestMs: 10_000,
  gatewayRounds: 15,
  stdioRounds: 9,
  stdioCalls: 300,
  stdioWarmCalls: 20,
  idleRounds: 3,
  idleMs: 4_000,
  signInRounds: 9,
};

/** About a minute. */
export const QUICK: Scale = {
  warmUpMs: 1_000,
  callRounds: 9,
  callsPerRound: 300,
  loadRounds: 7,
  loadRoundMs: 300,
  eventRounds: 3,
  shortStreams: 30,
  largeRounds: 3,
  largeStdioRounds: 1,
  listeningRounds: 1,
  listeningEvents: 5,
  crowdRounds: 5,
  crowdRoundMs: 1_000,
  crowdPeerRoundMs: 300,
  crowdRestMs: 10_000,
  gatewayRounds: 5,
  stdioRounds: 3,
  stdioCalls: 150,
  stdioWarmCalls: 5,
  idleRounds: 1,
  idleMs: 1_000,
  signInRounds: 3,
};
