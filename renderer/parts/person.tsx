import { needsNewSignIn, personName } from '../../main/desktop/bridge/words.ts';
import type { AgentState } from '../../shared/local-api.ts';
import { ask } from '../bridge.ts';
import { initials } from '../initials.ts';
import { agoText } from '../times.ts';

/** Who is signed in, and the way out. */
export function Person({ state, now }: { state: AgentState; now: number }) {
  const { session } = state;
  const name = personName(state);
  if (session.status !== 'signed-in' || name === undefined) return null;
  return (
    <section class="person" aria-label="Signed in">
      <span class="initials" aria-hidden="true">
        {initials(name)}
      </span>
      <div class="grow">
        <h1>{name}</h1>
        <p class="quiet-text">
          {session.email !== undefined && session.email !== name && (
            <>
              {session.email}
              <br />
            </>
          )}
          Signed in {agoText(session.provedAt, now)}
        </p>
        {session.cause && <p role="status">{session.cause.user}</p>}
      </div>
      <div class="ways">
        {needsNewSignIn(state) && (
          <button type="button" class="primary" onClick={() => ask('sign-in', { method: 'browser' })}>
            Sign in again
          </button>
        )}
        <button type="button" onClick={() => ask('sign-out', null)}>
          Sign out
        </button>
      </div>
    </section>
  );
}
