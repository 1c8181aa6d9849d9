import type { AppView } from '../../shared/app-views.ts';
import type { ClientView } from '../../shared/local-api.ts';
import { listText } from '../counts.ts';
import { useText } from '../use-text.ts';

/** The quiet line below an app's name: how it stands, and how much it is used. */
export function appText({ status, isFound }: AppView, client: ClientView | undefined, now: number): string {
  switch (status) {
    case 'connected':
      return client?.use ? `Connected. ${useText(client.use, now)}.` : 'Connected';
    case 'changed':
      return 'Connected, but its settings were changed since';
    case 'unreadable':
      return client
        ? 'Connected, but its settings file cannot be read'
        : 'Not connected: its settings file is left alone';
    case 'not-allowed':
      return 'Your company does not offer this app';
    case 'not-connected':
      return isFound ? 'Not connected' : 'Not found on this computer';
  }
}

/** Somebody who connected an app this long ago has started it since; what it still lacks is not a new start. */
const FRESH_MS = 24 * 3_600_000;

/** Whether the person should be told how the app takes notice: it was connected not long ago, and was not used since. */
export function needsRestart({ status }: AppView, client: ClientView | undefined, now: number): boolean {
  if (status !== 'connected' || client?.use === undefined) return false;
  return client.use.lastUsedAt === undefined && now - client.addedAt < FRESH_MS;
}

/** The apps that can be connected with one click: found, allowed, and not connected yet. */
export function connectable(apps: readonly AppView[]): readonly AppView[] {
  return apps.filter(({ isFound, status }) => isFound && status === 'not-connected');
}

/** Those in which something is to be seen or done, and the rest, which is folded away. */
export function sortApps(apps: readonly AppView[]): {
  readonly here: readonly AppView[];
  readonly absent: readonly AppView[];
} {
  const isHere = ({ isFound, status }: AppView) => isFound || status === 'connected' || status === 'changed';
  return { here: apps.filter(isHere), absent: apps.filter((app) => !isHere(app)) };
}

/** A sentence with more names than this is not read. */
const FOUND_NAMED = 4;

/** "Claude Code and VS Code were found on this computer." */
export function foundText(apps: readonly AppView[]): string {
  const titles = apps.map(({ title }) => title);
  return `${listText(titles, FOUND_NAMED)} ${titles.length === 1 ? 'was' : 'were'} found on this computer.`;
}
