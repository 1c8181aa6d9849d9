import { wantedBy } from '../../main/desktop/bridge/words.ts';
import type { AgentState } from '../../shared/local-api.ts';
import { ask } from '../bridge.ts';
import { Mark } from '../parts/icon.tsx';
import { ForAdministrator } from '../parts/problem.tsx';
import { vaultHindrance } from './vault-hindrance.ts';

/** Nobody is signed in: one button, and why the last sign-in or session ended. */
export function SignIn({ state, large }: { state: AgentState; large: boolean }) {
  const { session, signIn, company } = state;
  const cause = session.status === 'signed-out' ? session.cause : undefined;
  const problem = signIn?.phase === 'failed' ? (signIn.problem ?? cause) : cause;
  const wanted = wantedBy(state);
  const hindrance = vaultHindrance(state);
  const hindered = hindrance !== undefined;
  return (
    <section class={large ? 'hero' : 'band'} aria-labelledby="sign-in">
      {large && <Mark />}
      <div class="grow">
        <h1 id="sign-in" dir="auto">
          Sign in to {company.name}
        </h1>
        <p class="quiet-text">
          {wanted
            ? `${wanted.client} is waiting for you: it wanted to use ${wanted.server}.`
            : `One sign-in connects the AI apps on this computer to the servers ${company.name} approved.`}
        </p>
      </div>
      {problem && (
        <div class="problem">
          <p>{problem.user}</p>
          <ForAdministrator problem={problem} />
        </div>
      )}
      <div class="acts">
        <button
          type="button"
          class="primary"
          disabled={hindered}
          aria-describedby={hindered ? 'hindrance' : undefined}
          onClick={() => ask('sign-in', { method: 'browser' })}
        >
          Sign in
        </button>
        <button type="button" class="quiet" disabled={hindered} onClick={() => ask('sign-in', { method: 'device' })}>
          Use a code instead
        </button>
      </div>
      {hindered && (
        <p class="quiet-text" id="hindrance">
          {hindrance}
        </p>
      )}
    </section>
  );
}
