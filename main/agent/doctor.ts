import { problemOf } from '../../shared/errors.ts';
import type { AgentState, Check, Doctor } from '../../shared/local-api.ts';
import type { ClientRecord } from '../clients/registry.ts';
import { discoverServer } from '../discovery/discover.ts';
import type { Fetch } from '../egress/fetch.ts';
import type { IdentityProvider } from '../identity/provider.ts';
import { quirksOf } from '../identity/quirk-profiles.ts';
import type { LoadedPolicy } from '../policy/load.ts';
import { checkLoadedPolicy } from './check-policy.ts';
import { relayPortWarning } from './relay-warning.ts';

/** What the doctor looks at. */
export interface DoctorContext {
  readonly loaded: LoadedPolicy;
  readonly state: AgentState;
  readonly clients: readonly ClientRecord[];
  readonly provider: IdentityProvider;
  readonly fetch: Fetch;
  readonly clock: () => number;
}

/** Runs one check; whatever it throws is its finding. */
async function check(name: string, look: () => Promise<string> | string): Promise<Check> {
  try {
    return { name, outcome: 'ok', detail: await look() };
  } catch (error) {
    const { user, administrator } = problemOf(error);
    return { name, outcome: 'failed', detail: administrator, advice: user };
  }
}

function checkVault({ vault, agent }: AgentState, portWarning: string | undefined): Check {
  const name = 'vault';
  if (vault.problem)
    return { name, outcome: 'failed', detail: vault.problem.administrator, advice: vault.problem.user };
  const warnings = agent.warnings.filter((warning) => warning !== portWarning);
  if (warnings.length > 0) return { name, outcome: 'warning', detail: warnings.join(' ') };
  return { name, outcome: 'ok', detail: 'The key lies in the system keychain.' };
}

function checkSession({ session }: AgentState): Check {
  const name = 'sign-in';
  return session.status === 'signed-in'
    ? { name, outcome: 'ok', detail: `Signed in as ${session.email ?? session.subject}.` }
    : { name, outcome: 'warning', detail: 'Nobody is signed in.', advice: 'Sign in with: lanyard login' };
}

function checkRelay({ relay }: AgentState, portWarning: string | undefined): Check {
  const name = 'relay';
  if (portWarning === undefined) return { name, outcome: 'ok', detail: `Listens at ${relay.url}.` };
  return { name, outcome: 'warning', detail: portWarning, advice: 'Connect a client again with: lanyard client add' };
}

/** Looks at everything that has to work, from the policy to each server's metadata. Sends no credential. */
export async function examine({ loaded, state, clients, provider, fetch, clock }: DoctorContext): Promise<Doctor> {
  const { policy } = loaded;
  const { relay } = state;
  const portWarning = relayPortWarning(policy.relay.port, relay.url, clients);
  const servers = policy.servers.map((server) =>
    check(`server ${server.name}`, async () => {
      const { authorizationServer } = await discoverServer(new URL(server.url), server.authorizationServer.issuer, {
        fetch,
        clock,
        ignoresSlash: (issuer) => quirksOf({ ...server.authorizationServer, issuer }).issuerSlash === 'ignore',
      });
      return `${server.url} takes tokens of ${authorizationServer.issuer}.`;
    }),
  );
  return {
    checks: [
      await checkLoadedPolicy(loaded),
      checkVault(state, portWarning),
      checkSession(state),
      await check('identity provider', async () => {
        const metadata = (await provider.configuration()).serverMetadata();
        return `${metadata.issuer} answers.`;
      }),
      ...(await Promise.all(servers)),
      checkRelay(state, portWarning),
    ],
  };
}
