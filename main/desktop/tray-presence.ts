import type { Schedule } from '../../shared/schedule.ts';
import type { TrayIcon } from './tray.ts';
import type { TrayHost } from './tray-host.ts';

/** A panel that restarts, or comes up after us at login, is back within this, in ms. */
const PANEL_START_MS = 5_000;

/** What keeping an icon in the tray works with. */
export interface PresenceDeps {
  /** Puts a new icon into the tray, with what is known now. */
  open(): TrayIcon;
  watchHost(onChange: (isThere: boolean) => void): TrayHost;
  readonly schedule: Schedule;
  /** Nothing has shown our icon for a while: whatever is hidden could not be found again. */
  onMissing(): void;
}

/** The icon as long as we run, through every restart of the panel. */
export interface TrayPresence {
  /** Whether a hidden window can be found again. */
  readonly isThere: boolean;
  readonly icon: TrayIcon;
  close(): void;
}

/**
 * Keeps our icon in the tray. One that was made before there was a tray is made anew when there is; after that it
 * registers by itself with every tray that follows. Where there is none, it is made all the same: an older kind of panel
 * may show it, but nobody can tell.
 */
export function trayPresence({ open, watchHost, schedule, onMissing }: PresenceDeps): TrayPresence {
  let icon = open();
  let isRegistered: boolean | undefined;
  let endWait: (() => void) | undefined;
  const host = watchHost((isThere) => {
    endWait?.();
    endWait = isThere ? undefined : schedule(PANEL_START_MS, onMissing);
    isRegistered ??= isThere;
    if (!isThere || isRegistered) return;
    isRegistered = true;
    icon.close();
    icon = open();
  });
  return {
    get isThere() {
      return host.isThere ?? false;
    },
    get icon() {
      return icon;
    },
    close: () => {
      endWait?.();
      host.close();
      icon.close();
    },
  };
}
