import type { ClientView } from '../../shared/local-api.ts';
import { ask } from '../bridge.ts';
import { agoText } from '../times.ts';
import { useText } from '../use-text.ts';
import { Tile } from './tile.tsx';

/** Clients that belong to none of the apps above, since somebody pasted their entry. */
export function PastedApps({ clients, now }: { clients: readonly ClientView[]; now: number }) {
  const others = clients.filter(({ kind }) => kind === 'snippet');
  if (others.length === 0) return null;
  return (
    <>
      <div class="section-line">
        <h3 class="section-title">Connected by hand</h3>
      </div>
      <ul class="card">
        {others.map(({ id, title, addedAt, use }) => (
          <li key={id} class="row app">
            <div class="row-head">
              <Tile title={title} />
              <div class="grow">
                <h3 dir="auto">{title}</h3>
                <p class="quiet-text">
                  Connected {agoText(addedAt, now)}
                  {use && `. ${useText(use, now)}.`}
                </p>
              </div>
              <button type="button" class="small" onClick={() => ask('disconnect-app', { client: id })}>
                Disconnect<span class="unseen">: {title}</span>
              </button>
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}
