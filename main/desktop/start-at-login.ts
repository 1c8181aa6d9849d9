import type { LoginItemSettings } from 'electron';
import { LanyardError } from '../../shared/errors.ts';
import { PRODUCT } from '../../shared/product.ts';
import { autostart } from './autostart.ts';
import type { StartAtLogin } from './bridge/desk.ts';
import type { LoginItem } from './login-item.ts';

/** What a start at login adds to the command line: the tray alone is shown. */
export const AT_LOGIN = '--hidden';

/** The part of Electron's `app` that knows the login items of macOS and Windows. */
export interface SystemLoginItems {
  getLoginItemSettings(options?: { path: string; args: string[] }): LoginItemSettings;
  setLoginItemSettings(settings: { openAtLogin: boolean; name?: string; path?: string; args?: string[] }): void;
}

/** Where we run. */
export interface LoginSurroundings {
  readonly platform: NodeJS.Platform;
  readonly isPackaged: boolean;
  /** The app's own program. */
  readonly program: string;
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly system: SystemLoginItems;
  /** Whether a file is there. */
  isThere(file: string): boolean;
  /** Whether a program lies there to stay, and nobody else can put another one into its place. */
  isLasting(file: string): Promise<boolean>;
}

/** What the installer for a whole Mac places: launchd starts the face at everybody's login. */
const LAUNCH_AGENT = `/Library/LaunchAgents/${PRODUCT.bundleId}.plist`;

const UNAVAILABLE: LoginItem = { look: async () => 'unavailable', set: async () => {} };

/**
 * What Windows says. An item for the whole machine (`HKLM`, written by the installer) is not the person's to change.
 * `openAtLogin` does not count: Electron looks for it under another name than the one we write.
 */
export function judgeWindows({ launchItems }: Pick<LoginItemSettings, 'launchItems'>): StartAtLogin {
  const ours = launchItems.filter(({ name }) => name === PRODUCT.name);
  if (ours.some(({ scope }) => scope === 'machine')) return 'unavailable';
  return ours.some(({ enabled }) => enabled) ? 'on' : 'off';
}

/** What macOS says; an item that waits for the person's approval in System Settings does not start yet. */
export function judgeMac(settings: Pick<LoginItemSettings, 'openAtLogin' | 'status'>): StartAtLogin {
  return settings.openAtLogin && settings.status !== 'requires-approval' ? 'on' : 'off';
}

function windowsItem(program: string, system: SystemLoginItems): LoginItem {
  // Asked with the same path and arguments as set, or Windows compares with the bare program and says no. It keeps the
  // command as one text, in which the path needs its quotes.
  const item = { path: `"${program}"`, args: [AT_LOGIN] };
  return {
    look: async () => judgeWindows(system.getLoginItemSettings(item)),
    set: async (openAtLogin) => system.setLoginItemSettings({ ...item, openAtLogin, name: PRODUCT.name }),
  };
}

function macItem(system: SystemLoginItems): LoginItem {
  return {
    look: async () => judgeMac(system.getLoginItemSettings()),
    set: async (openAtLogin) => {
      // There are no arguments on macOS: `wasOpenedAtLogin` takes their place.
      system.setLoginItemSettings({ openAtLogin });
      if (openAtLogin && system.getLoginItemSettings().status === 'requires-approval')
        throw new LanyardError({
          code: 'start-at-login',
          user: `Allow ${PRODUCT.name} in System Settings → General → Login Items, then it starts when you log in.`,
          administrator: 'SMAppService says requires-approval.',
        });
    },
  };
}

/**
 * What an entry may name: our program where it stays. An AppImage's is gone when it ends; there it is the AppImage, a
 * file of the person's own. `APPIMAGE` counts only beside the `APPDIR` that we run from: programs that an AppImage
 * starts inherit both.
 */
async function lastingProgram(surroundings: LoginSurroundings): Promise<string | undefined> {
  const { program, environment, isThere, isLasting } = surroundings;
  if (await isLasting(program)) return program;
  const { APPIMAGE, APPDIR } = environment;
  if (!APPIMAGE || !APPDIR || !program.startsWith(`${APPDIR}/`)) return undefined;
  return isThere(APPIMAGE) && (await isLasting(APPIMAGE)) ? APPIMAGE : undefined;
}

function linuxItem(surroundings: LoginSurroundings): LoginItem {
  const { home, environment, isLasting } = surroundings;
  const item = lastingProgram(surroundings).then((program) =>
    autostart({ home, environment, isLasting, command: program === undefined ? undefined : [program, AT_LOGIN] }),
  );
  return {
    look: async () => (await item).look(),
    set: async (isOn) => (await item).set(isOn),
    tidy: async () => (await item).tidy?.(),
  };
}

/** Start at login as this system does it; not for a build that is not packaged, which has no program of its own. */
export function loginItem(surroundings: LoginSurroundings): LoginItem {
  const { platform, isPackaged, program, system, isThere } = surroundings;
  if (!isPackaged) return UNAVAILABLE;
  if (platform === 'linux') return linuxItem(surroundings);
  if (platform === 'win32') return windowsItem(program, system);
  return platform === 'darwin' && !isThere(LAUNCH_AGENT) ? macItem(system) : UNAVAILABLE;
}

/** Whether macOS started us at login, which has no arguments to say so. */
export function isStartedBySystem(platform: NodeJS.Platform, system: SystemLoginItems): boolean {
  return platform === 'darwin' && system.getLoginItemSettings().wasOpenedAtLogin;
}
