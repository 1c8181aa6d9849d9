import { homedir } from 'node:os';
import type { AgentState } from '../../shared/local-api.ts';
import type { LocalPaths } from '../../shared/paths.ts';
import { PRODUCT } from '../../shared/product.ts';
import { addClient, removeClient } from '../clients/connect.ts';
import type { EntrySource } from '../clients/entries.ts';
import { hashLocalKey } from '../clients/local-key.ts';
import { openClientRegistry, viewClient } from '../clients/registry.ts';
import { createMetadataCache } from '../discovery/metadata-cache.ts';
import { createEgress } from '../egress/egress.ts';
import { createGrants } from '../grant/grants.ts';
import { createIdentityProvider } from '../identity/provider.ts';
import { viewSession } from '../identity/session.ts';
import { createSessionOwner } from '../identity/session-owner.ts';
import { createSignIn } from '../identity/sign-in.ts';
import { type CallRecord, recordCall } from '../journal/calls.ts';
import type { Log } from '../journal/log.ts';
import type { LoadedPolicy } from '../policy/load.ts';
import { createHttpRelay } from '../relay/http-relay.ts';
import { openRelayListener } from '../relay/listener.ts';
import type { Upstream } from '../relay/upstream.ts';
import { INSECURE_FILE_KEY_WARNING } from '../vault/insecure-file-key.ts';
import type { KeyStore } from '../vault/key-store.ts';
import { createLateVault } from '../vault/late-vault.ts';
import { openVault } from '../vault/vault.ts';
import { createChanges } from './changes.ts';
import { examine } from './doctor.ts';
import { type AgentActs, createLocalApi } from './local-api.ts';
import { openLocalListener } from './local-listener.ts';
import { createStdioUpgrade } from './stdio-upgrade.ts';

/** How often a keychain that was locked at login is tried again by itself, in ms. */
const VAULT_RETRY_MS = 15_000;

/** Everything an agent is made from. */
export interface AgentOptions {
  readonly loaded: LoadedPolicy;
  readonly paths: LocalPaths;
  readonly keyStore: KeyStore;
  readonly log: Log;
  /** How clients start the program for stdio: absolute path and first arguments. */
  readonly program: EntrySource['program'];
  readonly home?: string;
  readonly clock?: () => number;
  /** From 0 up to 1. */
  readonly random?: () => number;
  readonly env?: NodeJS.ProcessEnv;
}

/** A running agent. */
export interface RunningAgent {
  readonly state: () => AgentState;
  readonly acts: AgentActs;
  close(): Promise<void>;
}

/**
 * Puts the rooms together and opens both doors: the socket of the Local API, then the relay's port.
 *
 * @throws {LanyardError} `agent-running`, `relay-port`, `socket-path`. A keychain that is not there yet is no error:
 * the state says so and opening is tried again.
 */
export async function startAgent(options: AgentOptions): Promise<RunningAgent> {
  const { loaded, paths, keyStore, log, program, home = homedir(), clock = Date.now, random = Math.random } = options;
  const { policy } = loaded;
  const startedAt = clock();
  const changes = createChanges();
  const egress = createEgress(options.env);
  const { fetch } = egress;

  const vaultFile = keyStore.kind === 'insecure-file' ? paths.insecureVault : paths.vault;
  const vault = createLateVault(() => openVault(vaultFile, keyStore, clock));
  const provider = createIdentityProvider(policy.identityProvider, fetch, clock);
  const session = createSessionOwner({
    vault,
    provider,
    clock,
    log,
    onChange: changes.mark,
    onLost: () => grants.reset(),
  });
  const metadata = createMetadataCache(clock);
  const grants = createGrants({
    policy,
    vault,
    provider,
    session,
    metadata,
    fetch,
    clock,
    random,
    log,
    onChange: changes.mark,
  });
  const begin = async (record: Parameters<typeof session.begin>[0]) => {
    // Before the new session stands: nothing of another person's may be found in it.
    if (session.current?.subject !== record.subject) grants.reset();
    await session.begin(record);
    void grants.mintAll();
  };
  const signIn = createSignIn({ provider, clock, begin }, log, changes.mark);
  const registry = await openClientRegistry(paths.clients, clock);

  const tryVault = async () => {
    await vault.open();
    if (vault.setAside) log.error('vault-set-aside', { file: vault.setAside });
    clearInterval(vaultTimer);
    grants.load();
  };
  const vaultTimer = setInterval(() => {
    if (vault.problem) tryVault().catch(() => {});
  }, VAULT_RETRY_MS);
  vaultTimer.unref();

  let port = policy.relay.port;
  const relayUrl = () => `http://127.0.0.1:${port}`;
  const state = (): AgentState => ({
    agent: {
      version: PRODUCT.version,
      pid: process.pid,
      startedAt,
      warnings: keyStore.kind === 'insecure-file' ? [INSECURE_FILE_KEY_WARNING] : [],
    },
    company: {
      name: policy.company,
      identityProvider: policy.identityProvider.issuer,
      policyFile: loaded.file,
      policySource: loaded.source,
    },
    vault: {
      keyStore: keyStore.kind,
      status: vault.problem ? 'unavailable' : 'ready',
      ...(vault.problem && { problem: vault.problem }),
    },
    session: viewSession(session.current, session.endedBy),
    signIn: signIn.view,
    servers: grants.view(),
    clients: registry.clients.map(viewClient),
    relay: { url: relayUrl(), keyInPath: policy.relay.keyInPath },
  });

  const acts: AgentActs = {
    state,
    subscribe: (listener) => changes.subscribe(() => listener(state())),
    signIn: async ({ method }) => {
      if (vault.problem) await tryVault();
      return signIn.start(method);
    },
    cancelSignIn: signIn.cancel,
    signOut: async () => {
      signIn.cancel();
      grants.reset();
      await session.end();
    },
    retry: async (server) => {
      await grants.get(server)?.retry();
    },
    addClient: async (request) => {
      const servers = grants.names;
      const added = await addClient(request, { registry, home, relayUrl: relayUrl(), program, servers, clock });
      changes.mark();
      return added;
    },
    removeClient: async (id) => {
      await removeClient(id, { registry });
      changes.mark();
    },
    doctor: () => examine({ policy, state: state(), provider, fetch, clock }),
  };

  const servers = new Map(policy.servers.map((server) => [server.name, server]));
  const upstream = (name: string): Upstream | undefined => {
    const server = servers.get(name);
    const keeper = grants.get(name);
    return server && keeper && { server, keeper, forward: egress.forward };
  };
  const record = (call: CallRecord) => recordCall(log, call);
  const names = () => grants.names;
  const local = await openLocalListener(
    paths,
    createLocalApi(acts),
    createStdioUpgrade({ upstream, servers: names, record }),
  );
  const relay = await openRelayListener(
    port,
    createHttpRelay({
      port: () => port,
      keyInPath: policy.relay.keyInPath,
      identify: (localKey) => registry.identify(hashLocalKey(localKey)),
      upstream,
      servers: names,
      record,
    }),
  ).catch(async (error: unknown) => {
    await local.close();
    throw error;
  });
  port = relay.port;
  await tryVault().catch(() =>
    log.warn('vault-unavailable', { code: vault.problem?.code, detail: vault.problem?.user }),
  );

  return {
    state,
    acts,
    close: async () => {
      clearInterval(vaultTimer);
      await Promise.all([local.close(), relay.close(), signIn.close()]);
      await egress.close();
      // A refresh token that was rotated a moment ago must reach the disk, or the next start has none.
      await vault.settled();
    },
  };
}
