import type { AgentState } from '../../shared/local-api.ts';
import { useApps } from '../hooks/apps.ts';
import { App } from './app.tsx';
import { sortApps } from './app-text.ts';
import { OtherApp } from './other-app.tsx';
import { PastedApps } from './pasted-apps.tsx';

/** The AI apps of this computer, each with one switch. */
export function Apps({ state, now }: { state: AgentState; now: number }) {
  const { clients } = state;
  const [apps, look] = useApps(clients);
  const known = typeof apps === 'object' ? apps : [];
  const { here, absent } = sortApps(known);
  const connected = clients.length;
  const row = (app: (typeof known)[number]) => (
    <App key={app.kind} app={app} client={clients.find(({ id }) => id === app.client)} now={now} look={look} />
  );
  return (
    <section aria-labelledby="apps">
      <div class="section-line">
        <h2 id="apps">Apps</h2>
        {connected > 0 && <span class="quiet-text">{connected} connected</span>}
      </div>
      {apps === 'asking' && <p class="card empty">Looking for your apps…</p>}
      {apps === 'failed' && (
        <div class="card empty">
          <p>Your apps could not be looked up.</p>
          <button type="button" class="small" onClick={() => void look()}>
            Look again
          </button>
        </div>
      )}
      {typeof apps === 'object' && here.length === 0 && (
        <p class="card empty">None of the apps that Lanyard knows was found on this computer.</p>
      )}
      {here.length > 0 && <ul class="card">{here.map(row)}</ul>}
      <PastedApps clients={clients} now={now} />
      <div class="folds">
        {absent.length > 0 && (
          <details class="fold">
            <summary>Apps not on this computer ({absent.length})</summary>
            <ul class="card">{absent.map(row)}</ul>
          </details>
        )}
        <OtherApp state={state} />
      </div>
    </section>
  );
}
