import type { View } from '../../main/desktop/bridge/views.ts';
import { needsNewSignIn } from '../../main/desktop/bridge/words.ts';
import type { AgentState } from '../../shared/local-api.ts';
import { ask } from '../bridge.ts';
import { WarningIcon } from '../parts/icon.tsx';
import { ForAdministrator } from '../parts/problem.tsx';
import { SignIn } from './sign-in.tsx';
import { vaultHindrance } from './vault-hindrance.ts';
import { Waiting } from './waiting.tsx';

/** Somebody is signed in, and has to do it again; or tried to, in vain. */
function SignInAgain({ state }: { state: AgentState }) {
  const { session, signIn } = state;
  const failed = signIn?.phase === 'failed' ? signIn.problem : undefined;
  const problem = failed ?? (session.status === 'signed-in' ? session.cause : undefined);
  if (!problem && !needsNewSignIn(state)) return null;
  const hindrance = vaultHindrance(state);
  return (
    <section class="band band-warning" aria-labelledby="sign-in-again">
      <WarningIcon />
      <div class="grow">
        <h2 id="sign-in-again" class="band-title">
          {failed ? 'The sign-in did not succeed' : 'Sign in again'}
        </h2>
        <p class="quiet-text">
          {problem?.user ?? 'A server asks for a stronger or more recent sign-in. The rest goes on.'}
        </p>
        {hindrance !== undefined && <p class="quiet-text">{hindrance}</p>}
        {problem && <ForAdministrator problem={problem} />}
      </div>
      <div class="acts">
        <button
          type="button"
          class="primary"
          disabled={hindrance !== undefined}
          onClick={() => ask('sign-in', { method: 'browser' })}
        >
          Sign in again
        </button>
      </div>
    </section>
  );
}

/** All that is to be said and done about signing in, above whichever view is shown. */
export function Session({ state, view, now }: { state: AgentState; view: View; now: number }) {
  const isSignedIn = state.session.status === 'signed-in';
  if (state.signIn?.phase === 'waiting')
    return <Waiting signIn={state.signIn} now={now} title={isSignedIn ? 'h2' : 'h1'} />;
  return isSignedIn ? <SignInAgain state={state} /> : <SignIn state={state} large={view === 'servers'} />;
}
