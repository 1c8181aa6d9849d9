import type { AppUpdater } from 'electron-updater';
import { mayAsk } from './feed-requests.ts';
import type { UpdateEvent } from './transitions.ts';
import { updateProblem } from './update-problem.ts';

/** What gets updates and installs them. */
export interface Updater {
  /** Looks once, and loads what is newer; resolves when that has ended, however it did. */
  look(): Promise<void>;
  /** Ends the app, installs what was loaded and starts the app again. */
  install(): void;
  /** Whether what was loaded is installed when the app quits. */
  installsOnQuit(isAllowed: boolean): void;
}

const isPreRelease = (version: string): boolean => version.includes('-');

/**
 * electron-updater, which is loaded only now. It checks what it loads: the checksum that the feed names over https, and
 * on Windows and macOS who signed it. It never takes an older version or a pre-release.
 *
 * @param feed the feed's address; what may be asked besides says {@link mayAsk}.
 */
export async function electronUpdater(
  onEvent: (event: UpdateEvent) => void,
  clock: () => number,
  feed: string,
): Promise<Updater> {
  // CommonJS: some bundlers put its exports into `default`, some beside it.
  const loaded: { autoUpdater?: AppUpdater; default?: { autoUpdater: AppUpdater } } = await import('electron-updater');
  const updater = loaded.default?.autoUpdater ?? loaded.autoUpdater;
  if (!updater) throw new Error('electron-updater has no autoUpdater');
  // Every request of it goes through this session of its own, the one that follows a redirect too.
  updater.netSession.webRequest.onBeforeRequest(({ url }, answer) => answer({ cancel: !mayAsk(url, feed) }));
  updater.logger = null;
  updater.autoDownload = true;
  updater.autoInstallOnAppQuit = true;
  updater.allowDowngrade = false;
  updater.allowPrerelease = false;
  updater.disableWebInstaller = true;
  const isSupported = updater.isUpdateSupported;
  updater.isUpdateSupported = (info) => !isPreRelease(info.version) && isSupported(info);

  updater.on('checking-for-update', () => onEvent({ kind: 'looking' }));
  updater.on('update-not-available', () => onEvent({ kind: 'nothing-newer', at: clock() }));
  updater.on('update-available', ({ version }) => onEvent({ kind: 'found', version }));
  updater.on('download-progress', ({ percent }) => onEvent({ kind: 'progress', percent }));
  updater.on('update-downloaded', ({ version }) => onEvent({ kind: 'loaded', version }));
  updater.on('error', (error) => onEvent({ kind: 'failed', problem: updateProblem(error) }));
  return {
    look: async () => {
      // Faults come as events as well.
      const found = await updater.checkForUpdates().catch(() => null);
      await found?.downloadPromise?.catch(() => {});
    },
    install: () => updater.quitAndInstall(false, true),
    installsOnQuit: (isAllowed) => {
      updater.autoInstallOnAppQuit = isAllowed;
    },
  };
}
