import type { AgentState } from '../../shared/local-api.ts';
import { PRODUCT } from '../../shared/product.ts';
import { viewClient } from '../clients/registry.ts';
import { viewSession } from '../identity/session.ts';
import type { LoadedPolicy } from '../policy/load.ts';
import { INSECURE_FILE_KEY_WARNING } from '../vault/insecure-file-key.ts';
import type { KeyStore } from '../vault/key-store.ts';
import type { LateVault } from '../vault/late-vault.ts';
import type { ClientWork } from './client-acts.ts';
import type { AgentJournal } from './journal.ts';
import { relayPortWarning } from './relay-warning.ts';
import type { Rooms } from './rooms.ts';
import { signInOrigins } from './sign-in-origins.ts';
import type { WantedSignIn } from './sign-in-wanted.ts';

/** What stays the same while the agent runs. */
export interface AgentFacts {
  readonly loaded: LoadedPolicy;
  readonly keyStore: KeyStore['kind'];
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly pid: number;
}

/** What is known beside the rooms. */
export interface Noted {
  readonly journal: Pick<AgentJournal, 'ofServer' | 'ofClient'>;
  readonly wanted: Pick<WantedSignIn, 'current'>;
  readonly clientWork: Pick<ClientWork, 'program'>;
}

function vaultWarnings(keyStore: KeyStore['kind'], { setAside, restored }: LateVault): string[] {
  const found = keyStore === 'insecure-file' ? [INSECURE_FILE_KEY_WARNING] : [];
  if (setAside === undefined && !restored) return found;
  if (setAside === undefined)
    return [
      ...found,
      'The newest file of the vault was missing or unusable, so the copy from before its last change is in use.',
    ];
  const outcome = restored ? 'so the copy from before its last change is in use' : 'so you have to sign in again';
  return [...found, `The vault could not be decrypted, ${outcome}. The damaged file was kept: ${setAside}`];
}

function viewVault(keyStore: KeyStore['kind'], { problem, unsaved }: LateVault): AgentState['vault'] {
  if (problem) return { keyStore, status: 'unavailable', problem };
  return unsaved ? { keyStore, status: 'unsaved', problem: unsaved } : { keyStore, status: 'ready' };
}

/** Everything other processes may know of the agent now. */
export function describeAgent(
  { loaded, keyStore, startedAt, pid }: AgentFacts,
  { vault, provider, session, signIn, grants, registry }: Rooms,
  { journal, wanted, clientWork }: Noted,
  relayUrl: string,
): AgentState {
  const { policy, file, source } = loaded;
  const { program } = clientWork;
  const portWarning = relayPortWarning(policy.relay.port, relayUrl, registry.clients);
  const warnings = [
    ...vaultWarnings(keyStore, vault),
    ...(portWarning === undefined ? [] : [portWarning]),
    ...grants.warnings(),
  ];
  return {
    agent: {
      version: PRODUCT.version,
      pid,
      startedAt,
      warnings,
      ...(program && { program: { file: program.file, args: [...program.args] } }),
    },
    company: {
      name: policy.company,
      identityProvider: policy.identityProvider.issuer,
      policyFile: file,
      policySource: source,
      signInOrigins: signInOrigins(provider, signIn.view),
    },
    rights: {
      updates: policy.desktop.updates ?? source !== 'managed',
      headerHelper: policy.clients.headerHelper,
    },
    vault: viewVault(keyStore, vault),
    session: viewSession(session.current, session.endedBy),
    signIn: signIn.view,
    signInWanted: wanted.current,
    servers: grants.view().map((server) => ({ ...server, use: journal.ofServer(server.name) })),
    clients: registry.clients.map((client) => ({
      ...viewClient(client),
      ...(client.servers && { servers: client.servers }),
      use: journal.ofClient(client.id),
    })),
    relay: { url: relayUrl, keyInPath: policy.relay.keyInPath },
  };
}
