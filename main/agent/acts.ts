import type { AgentState, Doctor, SignedOut } from '../../shared/local-api.ts';
import { addClient, type ConnectContext, removeClient, unknownServers } from '../clients/connect.ts';
import type { Log } from '../journal/log.ts';
import type { Changes } from './changes.ts';
import { giveHeaders } from './give-headers.ts';
import type { HeaderKeys } from './header-keys.ts';
import type { JournalActs } from './journal-routes.ts';
import type { AgentActs } from './local-api.ts';
import type { Rooms } from './rooms.ts';
import type { WantedSignIn } from './sign-in-wanted.ts';
import type { SignOutDoor } from './sign-out-door.ts';
import type { VaultWatch } from './vault-watch.ts';
import type { WakeWatch } from './wake-watch.ts';

/** What the acts work with. */
export interface ActsContext {
  readonly rooms: Rooms;
  readonly vaultWatch: VaultWatch;
  readonly wakeWatch: WakeWatch;
  readonly signOutDoor: SignOutDoor;
  readonly headerKeys: HeaderKeys;
  readonly wanted: Pick<WantedSignIn, 'forget'>;
  readonly journalActs: JournalActs;
  readonly changes: Changes;
  readonly log: Log;
  readonly state: () => AgentState;
  readonly doctor: () => Promise<Doctor>;
  /** Ends what a client has open. */
  readonly cutClient: (id: string) => void;
  readonly connect: Pick<ConnectContext, 'home' | 'program' | 'clock'>;
}

/** What the Local API can have the agent do. */
export function createActs(context: ActsContext): AgentActs {
  const { rooms, vaultWatch, wakeWatch, signOutDoor, headerKeys, changes, log, state, doctor, cutClient, connect } =
    context;
  const { session, grants, signIn, registry } = rooms;
  return {
    ...context.journalActs,
    state,
    doctor,
    subscribe: (listener) => changes.subscribe(() => listener(state())),
    signIn: async ({ method }) => {
      await vaultWatch.open();
      return signIn.start(method);
    },
    cancelSignIn: signIn.cancel,
    signOut: async (): Promise<SignedOut> => {
      signIn.cancel();
      grants.reset();
      context.wanted.forget();
      const endSession = await session.end();
      const endSessionUrl = endSession && (await signOutDoor.open(endSession));
      return { state: state(), ...(endSessionUrl !== undefined && { endSessionUrl }) };
    },
    power: ({ event }) => {
      if (event === 'resume') wakeWatch.told();
    },
    network: ({ online }) => {
      if (online) wakeWatch.told();
    },
    retry: async (server) => {
      const keeper = grants.get(server);
      if (!keeper) throw unknownServers([server], grants.names);
      session.retry();
      await keeper.retry();
    },
    addClient: async (request) => {
      const relayUrl = state().relay.url;
      const added = await addClient(request, { ...connect, registry, relayUrl, servers: grants.names });
      // What was opened with the key before this one.
      cutClient(added.client.id);
      log.info('client-added', { client: added.client.id, transport: request.transport });
      changes.mark();
      return added;
    },
    removeClient: async (id) => {
      await removeClient(id, { registry });
      for (const cut of [id, ...headerKeys.remove(id)]) cutClient(cut);
      log.info('client-removed', { client: id });
      changes.mark();
    },
    headers: async (request) =>
      giveHeaders(request, { isAllowed: state().rights.headerHelper, keys: headerKeys, servers: grants.names }),
  };
}
