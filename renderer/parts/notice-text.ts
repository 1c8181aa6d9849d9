import type { Problem } from '../../shared/errors.ts';
import type { AgentState } from '../../shared/local-api.ts';

/** Whether the notice of a failed act says what the vault's own notice says already, as long as that lasts. */
export function isSaidByVault({ code }: Problem, { vault: { status, problem } }: Pick<AgentState, 'vault'>): boolean {
  if (status === 'ready' || !problem) return false;
  return code === problem.code || (status === 'unavailable' && code === 'vault-closed');
}
