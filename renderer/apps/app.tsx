import { useId, useState } from 'preact/hooks';
import type { AppView } from '../../shared/app-views.ts';
import type { ClientView } from '../../shared/local-api.ts';
import { Switch } from '../parts/switch.tsx';
import { AppDetails } from './app-details.tsx';
import { appText, needsRestart } from './app-text.ts';
import { AppTrouble } from './app-trouble.tsx';
import type { Choice } from './choice.ts';
import { Tile } from './tile.tsx';

/** What one app row is given. */
interface AppParts {
  readonly app: AppView;
  /** The connected client that stands for it. */
  readonly client: ClientView | undefined;
  readonly now: number;
  /** Asks for the apps again. */
  look(): Promise<void>;
}

/** One app: a switch, how it stands, and what the person does next. */
export function App({ app, client, now, look }: AppParts) {
  const { kind, title, status, alsoServes } = app;
  const [choice, setChoice] = useState<Choice>({});
  const [busy, setBusy] = useState<'on' | 'off' | undefined>();
  const id = useId();
  const isOn = busy ? busy === 'on' : app.client !== undefined || status === 'connected' || status === 'changed';
  const set = async (on: boolean) => {
    if (!on && app.client === undefined) return;
    setBusy(on ? 'on' : 'off');
    if (on) await window.lanyard.invoke('connect-app', { kind, ...choice });
    else if (app.client !== undefined) await window.lanyard.invoke('disconnect-app', { client: app.client });
    await look();
    setBusy(undefined);
  };
  const hasSwitch = status !== 'not-allowed' && (status !== 'unreadable' || app.client !== undefined);
  return (
    <li class={`row app app-${status}`}>
      <div class="row-head">
        <Tile title={title} />
        <div class="grow">
          <h3 id={`${id}-title`} dir="auto">
            {title}
          </h3>
          <p class="quiet-text" id={`${id}-state`}>
            {busy === 'on' ? 'Connecting…' : busy === 'off' ? 'Disconnecting…' : appText(app, client, now)}
          </p>
          {alsoServes.length > 0 && <p class="quiet-text">Also serves {alsoServes.join(', ')}.</p>}
        </div>
        {hasSwitch && (
          <Switch
            labelledBy={`${id}-title`}
            describedBy={`${id}-state`}
            on={isOn}
            busy={busy !== undefined}
            onSet={(on) => void set(on)}
          />
        )}
      </div>
      {hasSwitch && (
        <div role="status">
          {!busy && needsRestart(app, client, now) && <p class="row-more next-step">{app.afterwards}</p>}
        </div>
      )}
      {!busy && <AppTrouble app={app} onWrite={() => void set(true)} onDisconnect={() => void set(false)} />}
      {status !== 'not-allowed' && status !== 'unreadable' && (
        <AppDetails app={app} client={client} choice={choice} onChoice={setChoice} now={now} />
      )}
    </li>
  );
}
