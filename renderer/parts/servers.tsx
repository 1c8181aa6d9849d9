import { canRetry, reasonOf, wantsStepUp } from '../../main/desktop/bridge/words.ts';
import type { ServerView } from '../../shared/local-api.ts';
import { STATUS_WORDS } from '../../shared/states.ts';
import { ask } from '../bridge.ts';
import { accessNote, mintNote, type ServerNote, serverText } from '../server-text.ts';
import { StatusIcon, WarningIcon } from './icon.tsx';
import { ForAdministrator } from './problem.tsx';

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

function Server({ server, now }: { server: ServerView; now: number }) {
  const { name, title, status } = server;
  const reason = reasonOf(server);
  const text = serverText(server, now);
  const stepUp = wantsStepUp(server);
  return (
    <li class={`server server-${status}`}>
      <StatusIcon status={status} />
      <div class="grow">
        <div class="title-line">
          <h3>{title}</h3>
          <span class="word">{STATUS_WORDS[status]}</span>
        </div>
        {text !== '' && <p class="quiet-text">{text}</p>}
        <Note note={accessNote(server)} />
        <Note note={mintNote(server)} />
        {(reason || canRetry(server) || stepUp) && (
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
        )}
      </div>
    </li>
  );
}

/** The approved servers, each with its state, the reason for it, and a way on where there is one. */
export function Servers({ servers, now }: { servers: readonly ServerView[]; now: number }) {
  const ready = servers.filter(({ status }) => status === 'ready').length;
  const signedOut = servers.every(({ status }) => status === 'signed-out');
  return (
    <section aria-labelledby="servers">
      <div class="section-line">
        <h2 id="servers">Servers</h2>
        {!signedOut && (
          <span class="quiet-text">
            {ready} of {servers.length} ready
          </span>
        )}
      </div>
      {servers.length === 0 ? (
        <p class="card empty">Your company has not approved any server yet.</p>
      ) : (
        <ul class="card">
          {servers.map((server) => (
            <Server key={server.name} server={server} now={now} />
          ))}
        </ul>
      )}
    </section>
  );
}
