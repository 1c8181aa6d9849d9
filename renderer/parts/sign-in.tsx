import type { AgentState, SignInView } from '../../shared/local-api.ts';
import { ask } from '../bridge.ts';
import { lengthText } from '../times.ts';
import { Mark, StatusIcon } from './icon.tsx';
import { ForAdministrator } from './problem.tsx';

/** A sign-in under way: what to do in the browser, and the two ways on. */
export function Waiting({ signIn, now }: { signIn: SignInView; now: number }) {
  const device = signIn.userCode !== undefined;
  return (
    <section class="hero" aria-labelledby="waiting">
      <StatusIcon status="connecting" />
      <h1 id="waiting">{device ? 'Enter this code on the sign-in page' : 'Finish signing in in your browser'}</h1>
      {device && <output class="code">{signIn.userCode}</output>}
      {device && (
        <p>
          <code class="address">{signIn.url}</code>
        </p>
      )}
      <p class="quiet-text">
        {device ? 'In any browser, on this or another device.' : 'Lanyard continues by itself as soon as you are done.'}
        {signIn.expiresAt > now && ` Time left: ${lengthText(signIn.expiresAt - now)}.`}
      </p>
      <div class="acts">
        <button type="button" class="primary" onClick={() => ask('open-sign-in-page', null)}>
          {device ? 'Open the page here' : 'Open the page again'}
        </button>
        <button type="button" onClick={() => ask('cancel-sign-in', null)}>
          Cancel
        </button>
      </div>
    </section>
  );
}

/** Nobody is signed in: one button, and why the last sign-in or session ended. */
export function SignIn({ state }: { state: AgentState }) {
  const { session, signIn, company } = state;
  const cause = session.status === 'signed-out' ? session.cause : undefined;
  const problem = signIn?.phase === 'failed' ? (signIn.problem ?? cause) : cause;
  return (
    <section class="hero" aria-labelledby="sign-in">
      <Mark />
      <h1 id="sign-in">Sign in to {company.name}</h1>
      <p class="quiet-text">
        One sign-in connects the AI apps on this computer to the servers {company.name} approved.
      </p>
      {problem && (
        <div class="problem">
          <p>{problem.user}</p>
          <ForAdministrator problem={problem} />
        </div>
      )}
      <div class="acts">
        <button type="button" class="primary" onClick={() => ask('sign-in', { method: 'browser' })}>
          Sign in
        </button>
        <button type="button" class="quiet" onClick={() => ask('sign-in', { method: 'device' })}>
          Use a code instead
        </button>
      </div>
    </section>
  );
}
