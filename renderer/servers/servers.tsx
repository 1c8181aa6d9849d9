import type { View } from '../../main/desktop/bridge/views.ts';
import { personName } from '../../main/desktop/bridge/words.ts';
import type { AgentState } from '../../shared/local-api.ts';
import { ConnectPointer } from './connect-pointer.tsx';
import { NothingGiven } from './nothing-given.tsx';
import { Server } from './server.tsx';
import { isNothingGiven } from './server-turn.ts';

/** The approved servers, each with its state, the reason for it, and a way on where there is one. */
export function Servers({ state, now, onView }: { state: AgentState; now: number; onView: (view: View) => void }) {
  const { servers, session, clients } = state;
  const ready = servers.filter(({ status }) => status === 'ready').length;
  const isSignedIn = session.status === 'signed-in';
  const nothingGiven = isSignedIn && isNothingGiven(servers);
  return (
    <>
      {nothingGiven && <NothingGiven servers={servers} person={personName(state)} />}
      {isSignedIn && !nothingGiven && clients.length === 0 && <ConnectPointer clients={clients} onView={onView} />}
      <section aria-labelledby="servers">
        <div class="section-line">
          <h2 id="servers">Servers</h2>
          {isSignedIn && servers.length > 0 && (
            <span class="quiet-text">
              {ready} of {servers.length} ready
            </span>
          )}
        </div>
        {servers.length === 0 ? (
          <p class="card empty">Your company has not approved any server yet. There is nothing to do until it has.</p>
        ) : (
          <ul class="card">
            {servers.map((server) => (
              <Server key={server.name} server={server} person={personName(state)} short={nothingGiven} now={now} />
            ))}
          </ul>
        )}
      </section>
    </>
  );
}
