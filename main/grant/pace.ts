import type { GrantRecord } from '../vault/contents.ts';

/** First pause after a failed mint and the longest one, in ms; doubled in between, with full jitter. */
const BACKOFF_FIRST_MS = 1_000;
const BACKOFF_LONGEST_MS = 120_000;

/**
 * How long a final refusal is believed before it is looked at again, in ms: rights do change during a day. Doubled each
 * time, since behind some refusals each look costs a mint.
 */
const RECHECK_FIRST_MS = 5 * 60 * 1000;
const RECHECK_LONGEST_MS = 60 * 60 * 1000;

/** A token needs this much life left to be used, in ms, or a fifth of its whole life if that is less. */
const MARGIN_MS = 30_000;
const MARGIN_SHARE = 0.2;

/** Share of a token's life after which it is renewed ahead: somewhere in between, so that grants minted together part. */
const RENEW_SHARE_FROM = 0.8;
const RENEW_SHARE_TO = 0.9;

/** Tokens that live shorter are not renewed ahead, in ms: that would be a mint every few minutes, all day. */
const SHORTEST_RENEWED_MS = 5 * 60 * 1000;

/** The pause after `failures` failed mints in a row, in ms: what the other side asked for, else full jitter. */
export function backoffMs(failures: number, jitter: number, afterMs?: number): number {
  if (afterMs !== undefined) return Math.max(afterMs, BACKOFF_FIRST_MS);
  const ceiling = Math.min(BACKOFF_LONGEST_MS, BACKOFF_FIRST_MS * 2 ** Math.min(failures, 10));
  return Math.max(BACKOFF_FIRST_MS / 2, Math.round(ceiling * jitter));
}

/** How long a final refusal is believed that came `times` times in a row, in ms. */
export function recheckMs(times: number): number {
  return Math.min(RECHECK_LONGEST_MS, RECHECK_FIRST_MS * 2 ** Math.min(Math.max(times - 1, 0), 10));
}

/** Life that a token must have left to be used, in ms. */
export function marginMs({ mintedAt, expiresAt }: Pick<GrantRecord, 'mintedAt' | 'expiresAt'>): number {
  return Math.min(MARGIN_MS, (expiresAt - mintedAt) * MARGIN_SHARE);
}

/** Whether the token is good for a call now. */
export function isUsable(token: GrantRecord, now: number): boolean {
  return token.expiresAt - marginMs(token) > now;
}

/** When a token is to be renewed ahead of its end; `Infinity` for one that lives too short for that. */
export function renewAheadAt(token: GrantRecord, jitter: number): number {
  const { mintedAt, expiresAt } = token;
  const life = expiresAt - mintedAt;
  if (life < SHORTEST_RENEWED_MS) return Number.POSITIVE_INFINITY;
  const share = RENEW_SHARE_FROM + (RENEW_SHARE_TO - RENEW_SHARE_FROM) * jitter;
  return mintedAt + life * share;
}
