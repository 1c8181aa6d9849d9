import type { LanyardError } from '../../shared/errors.ts';
import type { Schedule } from '../../shared/schedule.ts';
import { type ClientRegistry, openClientRegistry } from '../clients/registry.ts';
import { createMetadataCache } from '../discovery/metadata-cache.ts';
import { createEgress, type Egress } from '../egress/egress.ts';
import { createGrants, type Grants } from '../grant/grants.ts';
import { createDpop } from '../identity/dpop.ts';
import { createIdentityProvider, type IdentityProvider } from '../identity/provider.ts';
import { createSessionOwner, type SessionOwner } from '../identity/session-owner.ts';
import { createSignIn, type SignIn } from '../identity/sign-in.ts';
import { mergeStepUps } from '../identity/step-up.ts';
import type { ServerAccess } from '../relay/server-call.ts';
import { createServerTraits } from '../relay/server-traits.ts';
import type { SessionRecord } from '../vault/contents.ts';
import { createLateVault, type LateVault } from '../vault/late-vault.ts';
import { openVault } from '../vault/vault.ts';
import type { AgentOptions } from './options.ts';

/** The rooms of one agent, put together. */
export interface Rooms {
  readonly egress: Egress;
  readonly vault: LateVault;
  readonly provider: IdentityProvider;
  readonly session: SessionOwner;
  readonly grants: Grants;
  readonly signIn: SignIn;
  readonly registry: ClientRegistry;
  /** Where calls for a server go; `undefined` for a name that policy does not know. */
  readonly access: (server: string) => ServerAccess | undefined;
}

/** Time and chance, as one agent has them. */
export interface Surroundings {
  readonly clock: () => number;
  readonly schedule: Schedule;
  readonly random: () => number;
  readonly onChange: () => void;
  /** This person is about to be signed in. */
  readonly onPerson: (person: SessionRecord) => void;
  /** An ID-JAG was issued. */
  readonly onMint: () => void;
}

/** Puts the rooms together. Nothing is sent, and nothing read but the list of clients. */
export async function openRooms(
  { loaded, paths, keyStore, log, env }: AgentOptions,
  { clock, schedule, random, onChange, onPerson, onMint }: Surroundings,
): Promise<Rooms> {
  const { policy } = loaded;
  const egress = createEgress(env, clock);
  const { fetch } = egress;
  const vaultFile = keyStore.kind === 'insecure-file' ? paths.insecureVault : paths.vault;
  const vault = createLateVault(() => openVault(vaultFile, keyStore, clock, { schedule, onChange }));
  const dpop = createDpop({ vault, clock, skewOf: egress.skewOf });
  const provider = createIdentityProvider(policy.identityProvider, fetch, clock, dpop, onChange);
  const times = { clock, schedule, random };
  const onLost = (why: LanyardError) => grants.reset(why);
  const session = createSessionOwner({ vault, provider, ...times, log, onChange, onLost });
  const metadata = createMetadataCache(clock);

  const tools = { vault, provider, session, metadata, dpop, fetch };
  const grants = createGrants({ policy, ...tools, ...times, log, onChange, onMint });

  const begin = async (record: SessionRecord) => {
    // Before the new session stands: nothing of another person's may be found in it.
    const isOther = session.current?.subject !== record.subject;
    if (isOther) grants.reset();
    onPerson(record);
    await session.begin(record);
    // A mint that began in between had the session before.
    if (isOther) grants.reset();
    void grants.signedIn();
  };
  // A demand that the IdP cannot meet must not keep the person out: the try after a failed one goes without.
  const demands = () => (signIn.view?.phase === 'failed' ? undefined : mergeStepUps(grants.demands()));
  const { discard } = session;
  const signIn = createSignIn({ provider, clock, schedule, begin, discard, demands }, log, onChange);

  const servers = new Map(policy.servers.map((server) => [server.name, { server, traits: createServerTraits() }]));
  const access = (name: string): ServerAccess | undefined => {
    const known = servers.get(name);
    const keeper = grants.get(name);
    return known && keeper && { ...known, keeper, dpop, forward: egress.forward };
  };
  const registry = await openClientRegistry(paths.clients, clock);
  return { egress, vault, provider, session, grants, signIn, registry, access };
}
