import type { AppStatus, AppView } from '../../shared/app-views.ts';
import { formatTable } from './format.ts';

const STATUS_TEXT: Readonly<Record<AppStatus, string>> = {
  connected: 'connected',
  'not-connected': 'not connected',
  changed: 'changed',
  unreadable: 'file cannot be edited',
  'not-allowed': 'not allowed by your company',
};

function detail({ status, changes, problem, kind, isFound }: AppView): string {
  if (problem) return problem.user;
  if (status === 'changed') return `${changes.join(' ')} To write it anew: lanyard client add ${kind}`;
  return isFound ? '' : 'not on this computer';
}

/** What there is to say of connected apps that are not as they should be, by the client's id. */
export function notesOf(apps: readonly AppView[]): ReadonlyMap<string, string> {
  return new Map(
    apps.flatMap((app) =>
      app.client === undefined || app.status === 'connected'
        ? []
        : [[app.client, [STATUS_TEXT[app.status], detail(app)].filter(Boolean).join(': ')] as const],
    ),
  );
}

/** One line for each app: name, title, how it stands, and what there is to say of that. */
export function formatApps(apps: readonly AppView[]): string {
  return formatTable(apps.map((app) => [app.kind, app.title, STATUS_TEXT[app.status], detail(app)]));
}
