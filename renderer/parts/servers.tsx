import { canRetry, reasonOf } from '../../main/desktop/bridge/words.ts';
import type { ServerView } from '../../shared/local-api.ts';
import { STATUS_WORDS } from '../../shared/states.ts';
import { ask } from '../bridge.ts';
import { serverText } from '../server-text.ts';
import { StatusIcon } from './icon.tsx';
import { ForAdministrator } from './problem.tsx';

function Server({ server, now }: { server: ServerView; now: number }) {
  const { name, title, status, token, work } = server;
  const reason = reasonOf(server);
  const text = serverText(server, now);
  // A failed renewal never hides a token that is still valid, but it is said.
  const renewal = status === 'ready' && token.kind === 'valid' && work.kind === 'backoff' ? work.cause : undefined;
  return (
    <li class={`server server-${status}`}>
      <StatusIcon status={status} />
      <div class="grow">
        <div class="title-line">
          <h3>{title}</h3>
          <span class="word">{STATUS_WORDS[status]}</span>
        </div>
        {text !== '' && <p class="quiet-text">{text}</p>}
        {renewal && <p class="quiet-text">Renewing it failed so far: {renewal.user}</p>}
        {(reason || canRetry(server) || status === 'step-up') && (
          <div class="below">
            {reason && <ForAdministrator problem={{ code: '', ...reason }} />}
            {status === 'step-up' && (
              <button type="button" class="small primary" onClick={() => ask('sign-in', { method: 'browser' })}>
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
