import { type AppView, appsSchema, connectionPlanSchema } from '../../shared/app-views.ts';
import { LanyardError, type Problem, problemOf } from '../../shared/errors.ts';
import { type Journal, serverToolsSchema } from '../../shared/journal-views.ts';
import {
  type AgentState,
  addedClientSchema,
  agentStateSchema,
  signedOutSchema,
  signInViewSchema,
} from '../../shared/local-api.ts';
import { endSessionAddress, type LocalCall } from '../../shared/local-client.ts';
import type { Channel, Invocations } from './bridge/channels.ts';
import type { Face } from './bridge/face.ts';
import { type Open, openSignInPage, openSignOutPage } from './pages.ts';

/** What belongs to the desktop alone, in rooms of their own; see the channels of the same names. */
export interface DeskActs {
  setStartAtLogin(on: boolean): Promise<void>;
  lookForUpdates(): Promise<void>;
  installUpdate(): Promise<void>;
  startDemo(): Promise<void>;
  endDemo(): Promise<void>;
  /** From `true` on, news of the journal go to the page. */
  followJournal(on: boolean): Promise<Journal | null>;
}

/** What the acts need from outside. */
export interface ActDeps {
  face(): Face;
  call<T>(call: LocalCall<T>): Promise<T>;
  restart(): void;
  readonly open: Open;
  readonly desk: DeskActs;
  /** What went wrong in the last act; `null` when the next one begins. */
  notice(problem: Problem | null): void;
}

/** One function per channel that does or asks something. None of them throws: what goes wrong is noticed. */
export type Acts = {
  readonly [C in Exclude<Channel, 'showing'>]: (
    payload: Invocations[C]['payload'],
  ) => Promise<Invocations[C]['answer']>;
};

/** Codes of an agent that is gone or going: the face itself says that, and what is done about it. */
const AGENT_GONE: ReadonlySet<string> = new Set(['agent-not-running', 'agent-not-answering', 'agent-stopping']);

function presentState(face: Face): AgentState {
  if (face.link === 'connected') return face.state;
  throw new LanyardError({
    code: 'agent-not-running',
    user: "Lanyard's agent is not running. Start it again first.",
    administrator: 'The desktop has no connection to the agent.',
  });
}

/** What the page and the tray can make happen: each act is one call to the agent, and the page that belongs to it. */
export function acts(deps: ActDeps): Acts {
  const asked = async <T>(question: () => Promise<T>): Promise<T | null> => {
    try {
      return await question();
    } catch (error) {
      const problem = problemOf(error);
      // Nobody did anything: the page asked by itself, maybe while the agent was ending.
      if (!AGENT_GONE.has(problem.code)) deps.notice(problem);
      return null;
    }
  };
  /** Whether what the present notice is about has come about after all, by the person's hand or another program's. */
  let isSettled: (apps: readonly AppView[]) => boolean = () => false;
  const noticed = async (act: () => unknown, settled: typeof isSettled = () => false): Promise<null> => {
    deps.notice(null);
    isSettled = () => false;
    try {
      await act();
    } catch (error) {
      deps.notice(problemOf(error));
      isSettled = settled;
    }
    return null;
  };
  const state = (method: LocalCall<AgentState>['method'], path: string) =>
    noticed(() => deps.call({ method, path, answer: agentStateSchema }));
  const openSignIn = async (address: string) => {
    presentState(deps.face());
    // Asked anew: the face may be of before the agent knew where the identity provider has its pages.
    const { company } = await deps.call({ method: 'GET', path: '/state', answer: agentStateSchema });
    await openSignInPage(deps.open, address, company);
  };
  return {
    'sign-in': (body) =>
      noticed(async () => {
        const { url } = await deps.call({ method: 'POST', path: '/sign-in', body, answer: signInViewSchema });
        // A code is for a browser on another machine; the window shows where, and opens the page only when asked.
        if (body.method === 'browser') await openSignIn(url);
      }),
    'open-sign-in-page': () =>
      noticed(async () => {
        const { signIn } = presentState(deps.face());
        if (signIn?.phase === 'waiting') await openSignIn(signIn.url);
      }),
    'cancel-sign-in': () => state('DELETE', '/sign-in'),
    'sign-out': () =>
      noticed(async () => {
        const signedOut = await deps.call({ method: 'POST', path: '/sign-out', answer: signedOutSchema });
        const address = endSessionAddress(signedOut);
        if (address !== undefined) await openSignOutPage(deps.open, address, signedOut.state.company.identityProvider);
      }),
    retry: ({ server }) => state('POST', `/servers/${server}/retry`),
    'put-away-notice': () => noticed(() => undefined),
    'restart-agent': () => noticed(() => deps.restart()),
    apps: () =>
      asked(async () => {
        const { apps } = await deps.call({ method: 'GET', path: '/apps', answer: appsSchema });
        if (isSettled(apps)) {
          isSettled = () => false;
          deps.notice(null);
        }
        return apps;
      }),
    'plan-app': ({ kind, ...body }) =>
      asked(() => deps.call({ method: 'POST', path: `/apps/${kind}/plan`, body, answer: connectionPlanSchema })),
    'connect-app': (body) =>
      noticed(
        () => deps.call({ method: 'POST', path: '/clients', body, answer: addedClientSchema }),
        (apps) => apps.some(({ kind, status }) => kind === body.kind && status === 'connected'),
      ),
    'disconnect-app': (app) =>
      noticed(
        () => deps.call({ method: 'DELETE', path: `/clients/${app.client}`, answer: agentStateSchema }),
        (apps) => apps.every(({ client }) => client !== app.client),
      ),
    'server-tools': ({ server }) =>
      asked(() => deps.call({ method: 'GET', path: `/servers/${server}/tools`, answer: serverToolsSchema })),
    'follow-journal': ({ on }) => asked(() => deps.desk.followJournal(on)),
    'start-demo': () => noticed(() => deps.desk.startDemo()),
    'end-demo': () => noticed(() => deps.desk.endDemo()),
    'set-start-at-login': ({ on }) => noticed(() => deps.desk.setStartAtLogin(on)),
    'look-for-updates': () => noticed(() => deps.desk.lookForUpdates()),
    'install-update': () => noticed(() => deps.desk.installUpdate()),
  };
}
