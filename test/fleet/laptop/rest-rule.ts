import { IN_USE_MS } from '../../../main/grant/use.ts';
import type { PolicyGrants } from '../../../shared/policy.ts';

/** What decides whether a mint may begin. */
export interface Need {
  readonly keep: PolicyGrants['keep'];
  /** Calls that wait for a token now, and whether a sign-in has just asked for one. */
  readonly asked: boolean;
  /** The month's budget is nearly spent. */
  readonly thin: boolean;
}

/**
 * The design's rule on grants at rest, told once more and apart from the keeper: a call or a sign-in makes a grant be
 * in use for half an hour, and a wake does so once for one that was in use when the laptop fell asleep.
 */
export interface RestRule {
  used(now: number): void;
  woke(now: number, sleptMs: number): void;
  isInUse(now: number): boolean;
  mayMint(now: number, need: Need): boolean;
}

/** A grant at rest. */
export function createRestRule(): RestRule {
  let usedAt = Number.NEGATIVE_INFINITY;
  let wakes = 0;
  const isInUse = (now: number) => now - usedAt <= IN_USE_MS;
  return {
    isInUse,
    used: (now) => {
      usedAt = now;
      wakes = 0;
    },
    woke: (now, sleptMs) => {
      if (sleptMs === 0 || wakes > 0 || now - sleptMs - usedAt > IN_USE_MS) return;
      usedAt = now;
      wakes = 1;
    },
    mayMint: (now, { keep, asked, thin }) => {
      if (asked) return true;
      if (thin || keep === 'on-demand') return false;
      return keep === 'always' || isInUse(now);
    },
  };
}
