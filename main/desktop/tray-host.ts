import { execFile } from 'node:child_process';

const ASK_TIMEOUT_MS = 2_000;

/**
 * Whether anything shows tray icons. On Linux that is a program on the session bus, which some desktops lack
 * (GNOME without its extension); we ask with `gdbus`, and where that is missing too, the answer is no. Elsewhere
 * there always is one.
 */
export async function hasTrayHost(platform: NodeJS.Platform): Promise<boolean> {
  if (platform !== 'linux') return true;
  const ask = ['call', '--session', '--dest', 'org.freedesktop.DBus', '--object-path', '/org/freedesktop/DBus'];
  const question = ['--method', 'org.freedesktop.DBus.NameHasOwner', 'org.kde.StatusNotifierWatcher'];
  return new Promise((resolve) => {
    execFile('gdbus', [...ask, ...question], { timeout: ASK_TIMEOUT_MS }, (error, answer) => {
      resolve(!error && answer.includes('true'));
    });
  });
}
