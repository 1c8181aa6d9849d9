import type { Face } from '../../../main/desktop/bridge/face.ts';
import type { AgentState, ServerView } from '../../../shared/local-api.ts';
import type { GrantWorkState, ServerStatus } from '../../../shared/states.ts';

/** A fixed present for every state below. */
export const NOW = Date.UTC(2030, 0, 2, 12);

const problem = (code: string) => ({ code, user: `Sentence for people: ${code}.`, administrator: `Exactly: ${code}.` });

function workOf(status: ServerStatus): GrantWorkState {
  switch (status) {
    case 'ready':
    case 'idle':
      return { kind: 'idle' };
    case 'connecting':
      return { kind: 'minting' };
    case 'retrying':
      return { kind: 'backoff', until: NOW + 90_000, cause: problem('network') };
    default:
      return { kind: 'blocked', reason: status, cause: problem(status) };
  }
}

/** A server in one status. */
export function server(name: string, status: ServerStatus, more: Partial<ServerView> = {}): ServerView {
  return {
    name,
    title: name.charAt(0).toUpperCase() + name.slice(1),
    url: `https://${name}.company.example/mcp`,
    scopes: [],
    status,
    token: status === 'ready' ? { kind: 'valid', expiresAt: NOW + 55 * 60_000 } : { kind: 'none' },
    work: workOf(status),
    mints: { today: 2, thisMonth: 40, perMonth: 250 },
    ...more,
  };
}

/** A state with nobody signed in. */
export function signedOut(more: Partial<AgentState> = {}): AgentState {
  return {
    agent: { version: '0.1.0', pid: 1, startedAt: NOW, warnings: [] },
    company: {
      name: 'Company',
      identityProvider: 'https://idp.company.example',
      policyFile: '/etc/lanyard/policy.json',
      policySource: 'managed',
      signInOrigins: [],
    },
    rights: { updates: false, headerHelper: false },
    vault: { keyStore: 'keychain', status: 'ready' },
    session: { status: 'signed-out' },
    signIn: null,
    signInWanted: null,
    servers: [server('notes', 'signed-out'), server('payroll', 'signed-out')],
    clients: [],
    relay: { url: 'http://127.0.0.1:5693', keyInPath: false },
    ...more,
  };
}

/** A state with Alice signed in and servers in these statuses. */
export function signedIn(statuses: readonly ServerStatus[], more: Partial<AgentState> = {}): AgentState {
  return signedOut({
    session: {
      status: 'signed-in',
      issuer: 'https://idp.company.example',
      subject: 'a-1',
      name: 'Alice Archer',
      email: 'alice@company.example',
      provedAt: NOW - 60_000,
    },
    servers: statuses.map((status, index) => server(`server${index}`, status)),
    ...more,
  });
}

/** A state in which the browser is waited for. */
export function waiting(): AgentState {
  const url = 'https://idp.company.example/authorize';
  const signIn = { attempt: '1', method: 'browser', phase: 'waiting', url, expiresAt: NOW + 60_000 } as const;
  return signedOut({ signIn });
}

/** A face that shows this state. */
export const connected = (state: AgentState): Face => ({ link: 'connected', state });

/** A face whose agent is gone. */
export const down = (code = 'agent-ended'): Face => ({ link: 'down', problem: problem(code), trying: true });
