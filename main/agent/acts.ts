import type { AgentState, Doctor } from '../../shared/local-api.ts';
import { addClient, type ConnectContext, removeClient, unknownServers } from '../clients/connect.ts';
import type { Log } from '../journal/log.ts';
import type { Changes } from './changes.ts';
import type { AgentActs } from './local-api.ts';
import type { Rooms } from './rooms.ts';
import type { VaultWatch } from './vault-watch.ts';

/** What the acts work with. */
export interface ActsContext {
  readonly rooms: Rooms;
  readonly vaultWatch: VaultWatch;
  readonly changes: Changes;
  readonly log: Log;
  readonly state: () => AgentState;
  readonly doctor: () => Promise<Doctor>;
  readonly connect: Pick<ConnectContext, 'home' | 'program' | 'clock'>;
}

/** What the Local API can have the agent do. */
export function createActs({ rooms, vaultWatch, changes, log, state, doctor, connect }: ActsContext): AgentActs {
  const { session, grants, signIn, registry } = rooms;
  return {
    state,
    doctor,
    subscribe: (listener) => changes.subscribe(() => listener(state())),
    signIn: async ({ method }) => {
      await vaultWatch.open();
      return signIn.start(method);
    },
    cancelSignIn: signIn.cancel,
    signOut: async () => {
      signIn.cancel();
      grants.reset();
      await session.end();
    },
    retry: async (server) => {
      const keeper = grants.get(server);
      if (!keeper) throw unknownServers([server], grants.names);
      await keeper.retry();
    },
    addClient: async (request) => {
      const relayUrl = state().relay.url;
      const added = await addClient(request, { ...connect, registry, relayUrl, servers: grants.names });
      log.info('client-added', { client: added.client.id, transport: request.transport });
      changes.mark();
      return added;
    },
    removeClient: async (id) => {
      await removeClient(id, { registry });
      log.info('client-removed', { client: id });
      changes.mark();
    },
  };
}
