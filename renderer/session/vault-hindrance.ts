import type { AgentState } from '../../shared/local-api.ts';

/** Codes of a keychain that opens by itself or by the person's hand; any other one is the administrator's. */
const OPENS: ReadonlyMap<string, string> = new Map([
  ['keychain-locked', 'Unlock your keychain first; then this goes on.'],
  ['keychain-restarted', 'Lanyard is reaching for your keychain. This goes on in a moment.'],
  ['vault-closed', 'Lanyard is reaching for your keychain. This goes on in a moment.'],
]);

/** Why nobody can sign in while the vault cannot be opened, and whose turn it is; `undefined` where it is open. */
export function vaultHindrance({ vault: { status, problem } }: Pick<AgentState, 'vault'>): string | undefined {
  if (status !== 'unavailable') return undefined;
  return (
    OPENS.get(problem?.code ?? 'vault-closed') ?? 'Ask your administrator: Lanyard cannot keep a sign-in safe here.'
  );
}
