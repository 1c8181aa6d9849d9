import { NO_POLICY } from '../../../shared/agent-process.ts';
import type { Demo } from '../bridge/desk.ts';
import type { Face } from '../bridge/face.ts';

/** How far the demo is: nothing of it runs, it is being started, it runs, it is being ended. */
export type Stage = 'off' | 'starting' | 'on' | 'ending';

/** What decides whether the demo is offered. */
export interface DemoFacts {
  readonly stage: Stage;
  readonly face: Face;
  /** Whether this build brings the demo company along, and nobody named a policy when they started the app. */
  readonly isPossible: boolean;
}

/**
 * Whether the face has no agent because this machine has no policy at all. One that is wrong is the administrator's to
 * mend: a demo in its place would only hide that.
 */
export function isWithoutPolicy(face: Face): boolean {
  return face.link === 'down' && face.problem.code === 'not-set-up' && face.problem.administrator.endsWith(NO_POLICY);
}

/** What the desk shows of the demo. While it is being ended it still runs. */
export function demoState({ stage, face, isPossible }: DemoFacts): Demo {
  if (stage === 'starting') return 'starting';
  if (stage !== 'off') return 'running';
  return isPossible && isWithoutPolicy(face) ? 'offered' : 'not-offered';
}
