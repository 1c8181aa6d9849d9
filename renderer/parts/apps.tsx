import type { ClientView } from '../../shared/local-api.ts';
import { agoText } from '../times.ts';

/** The clients that have a local key, by the name people know them by: apps. */
export function Apps({ clients, now }: { clients: readonly ClientView[]; now: number }) {
  return (
    <section aria-labelledby="apps">
      <div class="section-line">
        <h2 id="apps">Apps</h2>
        {clients.length > 0 && <span class="quiet-text">{clients.length} connected</span>}
      </div>
      {clients.length === 0 ? (
        <p class="card empty">
          No app is connected yet. To connect Claude Code, type in a terminal:
          <code class="command">lanyard client add claude-code</code>
        </p>
      ) : (
        <ul class="card">
          {clients.map(({ id, title, addedAt, file, entries }) => (
            <li key={id} class="app">
              <div class="grow">
                <h3>{title}</h3>
                <p class="quiet-text">
                  {entries.length} {entries.length === 1 ? 'entry' : 'entries'}
                  {file !== undefined && (
                    <>
                      {' in '}
                      <span class="path">{file}</span>
                    </>
                  )}
                  {', connected '}
                  {agoText(addedAt, now)}
                </p>
              </div>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
