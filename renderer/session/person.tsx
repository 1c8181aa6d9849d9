import { personName } from '../../main/desktop/bridge/words.ts';
import type { AgentState } from '../../shared/local-api.ts';
import { ask } from '../bridge.ts';
import { initials } from '../initials.ts';
import { StatusIcon } from '../parts/icon.tsx';

/** Who is signed in, and the way out; or that nobody is. */
export function Person({ state }: { state: AgentState }) {
  const { session } = state;
  const name = personName(state);
  if (session.status !== 'signed-in' || name === undefined)
    return (
      <p class="person nobody">
        <StatusIcon status="signed-out" />
        Signed out
      </p>
    );
  return (
    <section class="person" aria-label="Signed in">
      <span class="initials" aria-hidden="true">
        {initials(name)}
      </span>
      <div class="person-name">
        <h1 dir="auto" title={name}>
          {name}
        </h1>
        {session.email !== undefined && session.email !== name && (
          <p class="quiet-text" title={session.email}>
            {session.email}
          </p>
        )}
      </div>
      <button type="button" class="small" onClick={() => ask('sign-out', null)}>
        Sign out
      </button>
    </section>
  );
}
