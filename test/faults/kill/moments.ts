import type { Chance } from '../chance.ts';

/** What a kill waits for. */
export type Anchor = 'call' | 'request' | 'answer';

/** When a kill comes. */
export interface Moment {
  /** The client's call that makes the rotation needed; the request's arrival at the IdP; the IdP's new tokens. */
  readonly anchor: Anchor;
  /** In ms after that. */
  readonly afterMs: number;
}

/** How long the IdP takes for a token request, in ms. */
export const TOKEN_LATENCY_MS = 20;

/**
 * Kills after each anchor are spread over so many ms: what lies before the request; the request's way and the IdP's
 * work; the answer's way and the two writes after it.
 */
const SPREAD_MS: Readonly<Record<Anchor, number>> = { call: 12, request: TOKEN_LATENCY_MS + 4, answer: 12 };

// The answer's is where a session can be lost, so it comes most often.
const TURNS: readonly Anchor[] = ['answer', 'request', 'answer', 'call'];

/** The moments of so many kills. The same for the same chance; every anchor has its turn. */
export function planMoments(chance: Chance, count: number): readonly Moment[] {
  return Array.from({ length: count }, (_, index) => {
    const anchor = TURNS[index % TURNS.length] ?? 'answer';
    return { anchor, afterMs: chance.between(0, SPREAD_MS[anchor]) };
  });
}
