import type { Problem } from '../../shared/errors.ts';
import type { AgentState } from '../../shared/local-api.ts';

const AGENT_GONE: ReadonlySet<string> = new Set(['agent-not-running', 'agent-not-answering', 'agent-stopping']);

/** Whether the notice of a failed act says that there is no agent; a face without one says that itself, and more. */
export function saysAgentIsGone({ code }: Problem): boolean {
  return AGENT_GONE.has(code);
}

/** Whether the notice of a failed act says what the vault's own notice says already, as long as that lasts. */
export function isSaidByVault({ code }: Problem, { vault: { status, problem } }: Pick<AgentState, 'vault'>): boolean {
  if (status === 'ready' || !problem) return false;
  return code === problem.code || (status === 'unavailable' && code === 'vault-closed');
}
