import { LanyardError, type Problem, problemOf } from '../../shared/errors.ts';
import { type AgentState, agentStateSchema, signedOutSchema, signInViewSchema } from '../../shared/local-api.ts';
import { endSessionAddress, type LocalCall } from '../../shared/local-client.ts';
import type { Channel, Invocations } from './bridge/channels.ts';
import type { Face } from './bridge/face.ts';
import { type Open, openSignInPage, openSignOutPage } from './pages.ts';

/** What the acts need from outside. */
export interface ActDeps {
  face(): Face;
  call<T>(call: LocalCall<T>): Promise<T>;
  restart(): void;
  readonly open: Open;
  /** What went wrong in the last act; `null` when the next one begins. */
  notice(problem: Problem | null): void;
}

/** One function per channel that does something. None of them throws: what goes wrong is noticed. */
export type Acts = {
  readonly [C in Exclude<Channel, 'showing'>]: (payload: Invocations[C]['payload']) => Promise<null>;
};

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
  const noticed = async (act: () => unknown): Promise<null> => {
    deps.notice(null);
    try {
      await act();
    } catch (error) {
      deps.notice(problemOf(error));
    }
    return null;
  };
  const state = (method: LocalCall<AgentState>['method'], path: string) =>
    noticed(() => deps.call({ method, path, answer: agentStateSchema }));
  const openSignIn = async (address: string) =>
    openSignInPage(deps.open, address, presentState(deps.face()).company.identityProvider);
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
  };
}
