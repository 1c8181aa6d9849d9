import type { AppView } from '../../shared/app-views.ts';
import { ForAdministrator } from '../parts/problem.tsx';

/** What is the matter with an app's file, and the ways on. */
export function AppTrouble({
  app,
  onWrite,
  onDisconnect,
}: {
  app: AppView;
  onWrite: () => void;
  onDisconnect: () => void;
}) {
  const { status, title, changes, problem, file } = app;
  if (status === 'changed')
    return (
      <div class="row-more trouble">
        <ul class="changes">
          {changes.map((change) => (
            <li key={change}>{change}</li>
          ))}
        </ul>
        <div class="acts">
          <button type="button" class="small" onClick={onWrite}>
            Write again<span class="unseen">: {title}</span>
          </button>
          {app.client !== undefined && (
            <button type="button" class="small" onClick={onDisconnect}>
              Disconnect<span class="unseen">: {title}</span>
            </button>
          )}
        </div>
      </div>
    );
  if (status === 'unreadable')
    return (
      <div class="row-more trouble">
        <p class="path">{problem?.user ?? `The file ${file} cannot be read, so Lanyard leaves it alone.`}</p>
        {problem && <ForAdministrator problem={problem} />}
      </div>
    );
  return null;
}
