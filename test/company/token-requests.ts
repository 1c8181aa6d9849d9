import type { Clock } from './clock.ts';

/** How a token request ended: answered with tokens, with an error of the IdP's own, or struck by a fault. */
export type TokenOutcome = 'ok' | 'refused' | 'faulted';

/** One request that reached the IdP's token endpoint. */
export interface TokenRequest {
  /** When it arrived, in milliseconds of the company's clock. */
  readonly at: number;
  /** Empty when the request named none. */
  readonly grantType: string;
  readonly outcome: TokenOutcome;
}

/** Keeps the latest token requests, oldest first. */
export interface TokenRequestLog {
  /** Notes an arrival; the function it gives notes how that request ended. */
  arrived(): (grantType: string | undefined, outcome: TokenOutcome) => void;
  /** A copy of those that have ended. */
  all(): readonly TokenRequest[];
}

/** How many requests are kept. */
export const TOKEN_REQUESTS_KEPT = 100_000;

/** An empty log; `onArrival` hears of every request, whatever becomes of it. */
export function createTokenRequestLog(clock: Clock, onArrival: () => void): TokenRequestLog {
  const requests: TokenRequest[] = [];
  return {
    arrived: () => {
      onArrival();
      const at = clock();
      return (grantType = '', outcome) => {
        requests.push({ at, grantType, outcome });
        // Twice the number may lie here, so that the old ones are removed seldom.
        if (requests.length >= 2 * TOKEN_REQUESTS_KEPT) requests.splice(0, requests.length - TOKEN_REQUESTS_KEPT);
      };
    },
    all: () => requests.slice(-TOKEN_REQUESTS_KEPT),
  };
}
