import type { BlockedReason } from './states.ts';
import type { StepUp } from './step-up.ts';

/**
 * One error for everything that people may get to see: a stable code for programs, a sentence for the employee and
 * one for the administrator. Both sentences are complete without the technical `message` and never hold a secret.
 */
export interface Problem {
  /** Stable, kebab-case; scripts and tests may depend on it. */
  readonly code: string;
  /** What happened and what to do next, for the employee. */
  readonly user: string;
  /** What happened and where to mend it, for the administrator. */
  readonly administrator: string;
}

/**
 * What helps against a failure. `retry`: time alone (after `afterMs` where the other side named it; `isOwnPause` where we
 * did, and may cut it short, as when a network comes back). `blocked`: only
 * somebody's act, and whose (see {@link BlockedReason}); for `step-up` what the next sign-in has to bring.
 */
export type Recovery =
  | { readonly kind: 'retry'; readonly afterMs?: number; readonly isOwnPause?: true }
  | { readonly kind: 'blocked'; readonly reason: BlockedReason; readonly stepUp?: StepUp };

/** What a {@link LanyardError} is made from. */
export interface ProblemInit extends Problem {
  readonly recovery?: Recovery;
  readonly cause?: unknown;
}

/** An error with a {@link Problem}. `message` is the administrator's sentence, since it is the exact one. */
export class LanyardError extends Error {
  readonly code: string;
  readonly user: string;
  readonly administrator: string;
  /** Set by everything that can fail on the way to a token. */
  readonly recovery: Recovery | undefined;

  constructor({ code, user, administrator, recovery, cause }: ProblemInit) {
    super(administrator, { cause });
    this.name = 'LanyardError';
    this.code = code;
    this.user = user;
    this.administrator = administrator;
    this.recovery = recovery;
  }

  /** The part that may cross a process boundary: no stack, no cause. */
  get problem(): Problem {
    return { code: this.code, user: this.user, administrator: this.administrator };
  }
}

/** The problem of any thrown value; a programming error becomes `internal`, with its text for the administrator. */
export function problemOf(error: unknown): Problem {
  if (error instanceof LanyardError) return error.problem;
  return {
    code: 'internal',
    user: 'Something in Lanyard went wrong. Try again; if it stays, tell your administrator; details are in agent.log.',
    administrator: `Unexpected error: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`,
  };
}

/** Any thrown value as an error of ours; see {@link problemOf}. */
export function faultOf(error: unknown): LanyardError {
  return error instanceof LanyardError ? error : new LanyardError(problemOf(error));
}
