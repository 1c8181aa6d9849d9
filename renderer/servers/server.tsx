import { canRetry, reasonOf, wantsStepUp } from '../../main/desktop/bridge/words.ts';
import type { ServerView } from '../../shared/local-api.ts';
import { STATUS_WORDS } from '../../shared/status-words.ts';
import { ask } from '../bridge.ts';
import { DisclosureRow } from '../parts/disclosure-row.tsx';
import { StatusIcon, WarningIcon } from '../parts/icon.tsx';
import { ForAdministrator } from '../parts/problem.tsx';
import { ServerDetails } from './server-details.tsx';
import { accessNote, mintNote, type ServerNote, serverText } from './server-text.ts';

function Note({ note }: { note: ServerNote | undefined }) {
  if (!note) return null;
  if (note.tone === 'quiet') return <p class="quiet-text">{note.text}</p>;
  return (
    <p class="warning-text">
      <WarningIcon />
      <span>{note.text}</span>
    </p>
  );
}

function Acts({ server }: { server: ServerView }) {
  const { name, title } = server;
  const reason = reasonOf(server);
  const stepUp = wantsStepUp(server);
  if (!reason && !stepUp && !canRetry(server)) return null;
  return (
    <div class="below">
      {reason && <ForAdministrator problem={reason} />}
      {stepUp && (
        <button type="button" class="small" onClick={() => ask('sign-in', { method: 'browser' })}>
          Sign in again<span class="unseen">: {title}</span>
        </button>
      )}
      {canRetry(server) && (
        <button type="button" class="small" onClick={() => ask('retry', { server: name })}>
          Try again<span class="unseen">: {title}</span>
        </button>
      )}
    </div>
  );
}

/** One server: its state and the way on at a glance; the rest when it is opened. */
export function Server({
  server,
  person,
  short,
  now,
}: {
  server: ServerView;
  person: string | undefined;
  /** The reason and the way on are said above, for all servers together. */
  short: boolean;
  now: number;
}) {
  const { title, status } = server;
  const text = short ? '' : serverText(server, now);
  const reason = reasonOf(server);
  const hasActs = !short && (reason !== undefined || wantsStepUp(server) || canRetry(server));
  return (
    <DisclosureRow
      class={`server server-${status}`}
      sign={<StatusIcon status={status} />}
      title={title}
      word={STATUS_WORDS[status]}
      summary={
        <>
          {text !== '' && <p class="quiet-text">{text}</p>}
          <Note note={accessNote(server)} />
          {status !== 'signed-out' && <Note note={mintNote(server)} />}
        </>
      }
      acts={hasActs ? <Acts server={server} /> : null}
      details={() => <ServerDetails server={server} person={person} now={now} />}
    />
  );
}
