import type { AgentState } from '../../../shared/local-api.ts';

/** A whole state, with nothing in it but what a test asks for. */
export function agentState({
  company = 'Example',
  ...parts
}: Partial<Omit<AgentState, 'company'>> & { readonly company?: string } = {}): AgentState {
  return {
    agent: { version: '1.2.3', pid: 42, startedAt: 0, warnings: [] },
    company: {
      name: company,
      identityProvider: 'https://idp.example.com',
      policyFile: '/etc/lanyard/policy.json',
      policySource: 'managed',
      signInOrigins: [],
    },
    rights: { updates: false, headerHelper: false },
    vault: { keyStore: 'keychain', status: 'ready' },
    session: { status: 'signed-out' },
    signIn: null,
    signInWanted: null,
    servers: [],
    clients: [],
    relay: { url: 'http://127.0.0.1:5693', keyInPath: false },
    ...parts,
  };
}
