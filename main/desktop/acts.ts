import { LanyardError, type Problem, problemOf } from '../../shared/errors.ts';
import { type AgentState, agentStateSchema, signInViewSchema } from '../../shared/local-api.ts';
import type { LocalCall } from '../../shared/local-client.ts';
import type { Channel, Invocations } from './bridge/channels.ts';
import type { Face } from './bridge/face.ts';
import { isSignInAddress } from './sign-in-address.ts';

/** What the acts need from outside. */
export interface ActDeps {
  face(): Face;
  call<T>(call: LocalCall<T>): Promise<T>;
  restart(): void;
  /** Opens the system browser. */
  open(address: string): Promise<void>;
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

async function openSignIn(deps: ActDeps, address: string): Promise<void> {
  const { identityProvider } = presentState(deps.face()).company;
  if (!isSignInAddress(address, identityProvider))
    throw new LanyardError({
      code: 'sign-in-address',
      user: 'Lanyard did not open the sign-in page, since its address is not a safe one. Tell your administrator.',
      administrator: `The sign-in page must be https, or lie on this machine if the identity provider (${identityProvider}) does.`,
    });
  await deps.open(address).catch((cause: unknown) => {
    throw new LanyardError({
      code: 'no-browser',
      user: 'Lanyard could not open your browser. Choose a default browser, then open the page again.',
      administrator: 'The system could not open the sign-in page; is there a default browser?',
      cause,
    });
  });
}

/** What the page and the tray can make happen: each act is one call to the agent, and for a sign-in its page. */
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
  return {
    'sign-in': (body) =>
      noticed(async () => {
        const { url } = await deps.call({ method: 'POST', path: '/sign-in', body, answer: signInViewSchema });
        // A code is for a browser on another machine; the window shows where, and opens the page only when asked.
        if (body.method === 'browser') await openSignIn(deps, url);
      }),
    'open-sign-in-page': () =>
      noticed(async () => {
        const { signIn } = presentState(deps.face());
        if (signIn?.phase === 'waiting') await openSignIn(deps, signIn.url);
      }),
    'cancel-sign-in': () => state('DELETE', '/sign-in'),
    'sign-out': () => state('POST', '/sign-out'),
    retry: ({ server }) => state('POST', `/servers/${server}/retry`),
    'put-away-notice': () => noticed(() => undefined),
    'restart-agent': () => noticed(() => deps.restart()),
  };
}
