/** The longest pause that a server may ask for, in ms. */
const LONGEST_PAUSE_MS = 60_000;

/** A server that wants us back at once, and again and again, would keep the agent busy with nothing else, in ms. */
const SHORTEST_PAUSE_MS = 20;

/** The pause that a server asks for, within bounds, in ms. */
export function wantedPause(milliseconds: number): number {
  return Math.min(Math.max(milliseconds, SHORTEST_PAUSE_MS), LONGEST_PAUSE_MS);
}
