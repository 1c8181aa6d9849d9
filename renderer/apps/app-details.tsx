import { useEffect, useState } from 'preact/hooks';
import type { AppView, ConnectionPlan } from '../../shared/app-views.ts';
import type { ClientView } from '../../shared/local-api.ts';
import { countText } from '../counts.ts';
import { agoText } from '../times.ts';
import type { Choice } from './choice.ts';
import { HowToConnect } from './how-to-connect.tsx';

interface DetailsParts {
  readonly app: AppView;
  readonly client: ClientView | undefined;
  readonly choice: Choice;
  onChoice(choice: Choice): void;
  readonly now: number;
}

function Plan({ app, choice, onChoice }: Pick<DetailsParts, 'app' | 'choice' | 'onChoice'>) {
  const [plan, setPlan] = useState<ConnectionPlan | null | 'asking'>('asking');
  const { kind } = app;
  useEffect(() => {
    let isOver = false;
    void window.lanyard.invoke('plan-app', { kind, ...choice }).then((answer) => {
      if (!isOver) setPlan(answer);
    });
    return () => {
      isOver = true;
    };
  }, [kind, choice]);
  if (plan === 'asking') return <p class="quiet-text">Working it out…</p>;
  if (plan === null) return <p class="quiet-text">What would be written could not be worked out.</p>;
  return (
    <>
      <p>
        {plan.exists ? 'Added to ' : 'A new file, '}
        <code class="path">{plan.file}</code>
        {'; everything else in it stays as it is:'}
      </p>
      <pre class="written" dir="ltr">
        {plan.text}
      </pre>
      <p class="quiet-text">
        {plan.backup === undefined ? (
          'To undo it, switch it off again.'
        ) : (
          <>
            The file as it is now is kept at <code class="path">{plan.backup}</code>. To undo it, switch it off again.
          </>
        )}
      </p>
      <HowToConnect app={app} plan={plan} choice={choice} onChoice={onChoice} />
    </>
  );
}

function Written({ app, client, now }: Pick<DetailsParts, 'app' | 'client' | 'now'>) {
  return (
    <>
      <p>
        {client ? `${countText(client.entries.length, 'entry', 'entries')} in ` : 'In '}
        <code class="path">{client?.file ?? app.file}</code>
        {client && `, connected ${agoText(client.addedAt, now)}`}
      </p>
      {client && client.entries.length > 0 && (
        <p class="words">
          {client.entries.map((entry) => (
            <code key={entry}>{entry}</code>
          ))}
        </p>
      )}
      <p class="quiet-text">Switch it off, and Lanyard takes its entries out again and leaves the rest as it is.</p>
      {app.afterwards !== '' && <p class="quiet-text">After any change: {app.afterwards}</p>}
    </>
  );
}

/** Before connecting: what will be written, and how. Afterwards: what was. */
export function AppDetails(parts: DetailsParts) {
  const [open, setOpen] = useState(false);
  const isConnected = parts.app.status !== 'not-connected';
  return (
    <details class="row-more app-details" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {isConnected ? 'What was written' : 'What will be written'}
        <span class="unseen">: {parts.app.title}</span>
      </summary>
      {open && <div class="app-details-body">{isConnected ? <Written {...parts} /> : <Plan {...parts} />}</div>}
    </details>
  );
}
