import type { Desk } from '../../main/desktop/bridge/desk.ts';
import type { AgentState } from '../../shared/local-api.ts';
import { ask } from '../bridge.ts';
import { ForAdministrator } from '../parts/problem.tsx';
import { Switch } from '../parts/switch.tsx';
import { updateText } from './update-text.ts';

function Updates({ updates, now }: { updates: Desk['updates']; now: number }) {
  const canLook = updates.kind === 'idle' || updates.kind === 'failed';
  return (
    <div class="setting">
      <div class="grow">
        <h3>Updates</h3>
        <p class="quiet-text" role="status">
          {updateText(updates, now)}
        </p>
        {updates.kind === 'failed' && <ForAdministrator problem={updates.problem} />}
      </div>
      {canLook && (
        <button type="button" class="small" onClick={() => ask('look-for-updates', null)}>
          Look for updates
        </button>
      )}
      {updates.kind === 'ready' && (
        <button type="button" class="small primary" onClick={() => ask('install-update', null)}>
          Restart to update to {updates.version}
        </button>
      )}
    </div>
  );
}

/** What few people look for, and nobody needs every day. */
export function Settings({ desk, state, now }: { desk: Desk; state: AgentState; now: number }) {
  const { startAtLogin, updates } = desk;
  return (
    <footer>
      <details class="fold settings">
        <summary>Settings</summary>
        <div class="card">
          {startAtLogin !== 'unavailable' && (
            <div class="setting">
              <div class="grow">
                <h3 id="start-at-login">Start when I log in</h3>
                <p class="quiet-text">Your apps then find their servers at once.</p>
              </div>
              <Switch
                labelledBy="start-at-login"
                on={startAtLogin === 'on'}
                onSet={(on) => ask('set-start-at-login', { on })}
              />
            </div>
          )}
          <Updates updates={updates} now={now} />
          <dl class="facts setting">
            <div class="fact">
              <dt>Version</dt>
              <dd>{state.agent.version}</dd>
            </div>
            <div class="fact">
              <dt>Address for apps</dt>
              <dd>
                <code class="path">{state.relay.url}</code>
              </dd>
            </div>
            <div class="fact">
              <dt>Company's policy</dt>
              <dd>
                <code class="path">{state.company.policyFile}</code>
              </dd>
            </div>
          </dl>
        </div>
      </details>
    </footer>
  );
}
