import { type ClientRegistry, openClientRegistry } from '../clients/registry.ts';
import { createMetadataCache } from '../discovery/metadata-cache.ts';
import { createEgress, type Egress } from '../egress/egress.ts';
import { createGrants, type Grants } from '../grant/grants.ts';
import { createIdentityProvider, type IdentityProvider } from '../identity/provider.ts';
import { createSessionOwner, type SessionOwner } from '../identity/session-owner.ts';
import { createSignIn, type SignIn } from '../identity/sign-in.ts';
import type { ServerAccess } from '../relay/server-call.ts';
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

/** Puts the rooms together. Nothing is sent, and nothing read but the list of clients. */
export async function openRooms(
  { loaded, paths, keyStore, log, env }: AgentOptions,
  { clock, random }: { readonly clock: () => number; readonly random: () => number },
  onChange: () => void,
): Promise<Rooms> {
  const { policy } = loaded;
  const egress = createEgress(env);
  const { fetch } = egress;
  const vaultFile = keyStore.kind === 'insecure-file' ? paths.insecureVault : paths.vault;
  const vault = createLateVault(() => openVault(vaultFile, keyStore, clock));
  const provider = createIdentityProvider(policy.identityProvider, fetch, clock);
  const session = createSessionOwner({ vault, provider, clock, log, onChange, onLost: () => grants.reset() });
  const metadata = createMetadataCache(clock);
  const grants = createGrants({ policy, vault, provider, session, metadata, fetch, clock, random, log, onChange });

  const begin = async (record: SessionRecord) => {
    // Before the new session stands: nothing of another person's may be found in it.
    if (session.current?.subject !== record.subject) grants.reset();
    await session.begin(record);
    void grants.mintAll();
  };
  const signIn = createSignIn({ provider, clock, begin }, log, onChange);

  const servers = new Map(policy.servers.map((server) => [server.name, server]));
  const access = (name: string): ServerAccess | undefined => {
    const server = servers.get(name);
    const keeper = grants.get(name);
    return server && keeper && { server, keeper, forward: egress.forward };
  };
  const registry = await openClientRegistry(paths.clients, clock);
  return { egress, vault, provider, session, grants, signIn, registry, access };
}
