import { app } from 'electron';
import { readArguments } from './arguments.ts';
import type { View } from './bridge/views.ts';
import { onPageGone } from './page-link.ts';

/** What the app's own events lead to. */
export interface AppEventDeps {
  openWindow(view?: View): void;
  /** The page is gone: reloaded, crashed, or its window closed. */
  onPageGone(): void;
  /** The person looks at the window. */
  onFocus(): void;
  /** Whether the app goes on without a window. */
  staysInTray(): boolean;
  /** What must be over before the app may end; `undefined` where nothing is left to wait for. */
  unfinished(): Promise<unknown> | undefined;
  /** The last thing before the windows close. */
  onQuit(): void;
}

/** Listens to the app's own events. A second start with `--hidden`, as at login, brings no window up. */
export function followApp(deps: AppEventDeps): void {
  app.on('second-instance', (_event, args) => {
    const { hidden, view } = readArguments(args.slice(1));
    if (!hidden || view) deps.openWindow(view);
  });
  app.on('activate', () => deps.openWindow());
  app.on('browser-window-created', (_event, { webContents }) => onPageGone(webContents, () => deps.onPageGone()));
  app.on('browser-window-focus', () => deps.onFocus());
  app.on('window-all-closed', () => {
    if (!deps.staysInTray()) app.quit();
  });
  app.on('before-quit', (event) => {
    const unfinished = deps.unfinished();
    if (!unfinished) return deps.onQuit();
    event.preventDefault();
    // What is still in the way is cleared at the next start.
    void unfinished.then(
      () => app.quit(),
      () => app.quit(),
    );
  });
}
