import type { AgentState, Doctor, SignedOut } from '../../shared/local-api.ts';
import { unknownServers } from '../clients/choice.ts';
import type { Changes } from './changes.ts';
import type { ClientActs } from './client-acts.ts';
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
  readonly clientActs: ClientActs;
  readonly changes: Changes;
  readonly state: () => AgentState;
  readonly doctor: () => Promise<Doctor>;
}

/** What the Local API can have the agent do. */
export function createActs(context: ActsContext): AgentActs {
  const { rooms, vaultWatch, wakeWatch, signOutDoor, headerKeys, clientActs, changes, state, doctor } = context;
  const { session, grants, signIn } = rooms;
  return {
    ...context.journalActs,
    ...clientActs,
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
    headers: async (request) =>
      giveHeaders(request, { isAllowed: state().rights.headerHelper, keys: headerKeys, servers: grants.names }),
  };
}
