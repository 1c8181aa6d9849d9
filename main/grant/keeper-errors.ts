import { LanyardError, type Recovery } from '../../shared/errors.ts';
import type { GrantWorkState } from '../../shared/states.ts';

/** What callers hear while a grant pauses or is blocked: its cause, with what helps now. */
export function failure(work: Extract<GrantWorkState, { kind: 'backoff' | 'blocked' }>, now: number): LanyardError {
  const recovery: Recovery =
    work.kind === 'blocked'
      ? { kind: 'blocked', reason: work.reason, ...(work.stepUp && { stepUp: work.stepUp }) }
      : { kind: 'retry', afterMs: Math.max(0, work.until - now) };
  return new LanyardError({ ...work.cause, recovery });
}

/** A mint took longer than a caller waits. */
export function tooSlow(): LanyardError {
  return new LanyardError({
    code: 'grant-slow',
    user: 'Getting access takes longer than usual. Try again in a moment.',
    administrator: 'No access token in time; the identity provider or the authorization server is slow.',
    recovery: { kind: 'retry' },
  });
}

/** There is no token, and nobody who asks is worth a mint. */
export function resting(): LanyardError {
  return new LanyardError({
    code: 'grant-resting',
    user: 'Access is renewed as soon as a tool is called.',
    administrator: 'No token is held, and none is minted for this alone: mints are scarce.',
    recovery: { kind: 'retry' },
  });
}
