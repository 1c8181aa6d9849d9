import type { Problem } from '../../../shared/errors.ts';
import type { AgentState } from '../../../shared/local-api.ts';
import type { Desk } from './desk.ts';

/**
 * What the face (tray and window) knows: the agent's newest state, or why there is none. Never both, so that nobody
 * reads a dead agent's last words as the present.
 */
export type Face =
  | { readonly link: 'starting' }
  | { readonly link: 'connected'; readonly state: AgentState }
  | { readonly link: 'down'; readonly problem: Problem; readonly trying: boolean };

/** What the page shows: the face, the desk, and the problem of the last act that failed until it is put away. */
export interface Showing {
  readonly face: Face;
  readonly notice: Problem | null;
  readonly desk: Desk;
}
