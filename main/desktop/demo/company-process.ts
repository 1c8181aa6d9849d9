import { z } from 'zod';
import { LanyardError } from '../../../shared/errors.ts';
import type { Schedule } from '../../../shared/schedule.ts';

/** The company makes its keys at its start; a slow machine takes seconds for that. */
const START_LIMIT_MS = 30_000;

/** What the demo company's process says, once, when all of it is open. The agent is who judges the policy. */
export const companyOpenSchema = z.object({ policy: z.record(z.string(), z.unknown()) });

/** See {@link companyOpenSchema}. */
export type CompanyOpen = z.infer<typeof companyOpenSchema>;

/** The part of Electron's `UtilityProcess` that is used. */
export interface CompanyChild {
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'exit', listener: (code: number) => void): unknown;
  kill(): boolean;
}

/** The demo company while it runs. */
export interface CompanyProcess {
  /** Lanyard's policy for it. */
  readonly policy: CompanyOpen['policy'];
  /** Ends it; harmless when it has ended. */
  end(): void;
}

function notStarted(detail: string, cause?: unknown): LanyardError {
  return new LanyardError({
    code: 'demo-not-started',
    user: 'The demo company could not be started. Try again.',
    administrator: `The demo company's process ${detail}.`,
    cause,
  });
}

/**
 * Starts the company in a process of its own and waits until it is open.
 *
 * @param onEnd hears that it ended by itself after that.
 * @throws {LanyardError} `demo-not-started`; nothing of it is left then.
 */
export function startCompanyProcess(
  fork: () => CompanyChild,
  schedule: Schedule,
  onEnd: () => void,
): Promise<CompanyProcess> {
  return new Promise((resolve, reject) => {
    const child = fork();
    let stage: 'starting' | 'open' | 'over' = 'starting';
    const giveUp = (error: LanyardError) => {
      stage = 'over';
      stopTimer();
      child.kill();
      reject(error);
    };
    const end = () => {
      stage = 'over';
      child.kill();
    };
    const stopTimer = schedule(START_LIMIT_MS, () => giveUp(notStarted(`was not open after ${START_LIMIT_MS} ms`)));
    child.on('message', (message) => {
      if (stage !== 'starting') return;
      const read = companyOpenSchema.safeParse(message);
      if (!read.success) return giveUp(notStarted('said something that nobody understands', read.error));
      stage = 'open';
      stopTimer();
      resolve({ policy: read.data.policy, end });
    });
    child.on('exit', (code) => {
      if (stage === 'starting') giveUp(notStarted(`ended with code ${code}`));
      else if (stage === 'open') onEnd();
      stage = 'over';
    });
  });
}
