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

/** What a {@link LanyardError} is made from. */
export interface ProblemInit extends Problem {
  readonly cause?: unknown;
}

/** An error with a {@link Problem}. `message` is the administrator's sentence, since it is the exact one. */
export class LanyardError extends Error {
  readonly code: string;
  readonly user: string;
  readonly administrator: string;

  constructor({ code, user, administrator, cause }: ProblemInit) {
    super(administrator, { cause });
    this.name = 'LanyardError';
    this.code = code;
    this.user = user;
    this.administrator = administrator;
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
    user: 'Something in Lanyard went wrong. Try again; if it stays, send a support bundle to your administrator.',
    administrator: `Unexpected error: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`,
  };
}
