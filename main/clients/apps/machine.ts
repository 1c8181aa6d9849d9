import { isAbsolute, join } from 'node:path';

/** What of a machine decides where apps lie and keep their files. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  /** Home folder of the person, absolute. */
  readonly home: string;
  /** The agent's environment; started at login it has few variables, so none of them is needed. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The top of the file system; a test has one of its own. */
  readonly root: string;
}

/** A folder that a variable names; `undefined` where it is not set, or not absolute. */
export function folderNamed(variable: string, { env }: Machine): string | undefined {
  const value = env[variable];
  return value !== undefined && isAbsolute(value) ? value : undefined;
}

/** Where desktop apps keep their folders: roaming application data, Application Support, or the XDG folder. */
export function appDataFolder(machine: Machine): string {
  const { platform, home } = machine;
  if (platform === 'darwin') return join(home, 'Library', 'Application Support');
  if (platform === 'win32') return folderNamed('APPDATA', machine) ?? join(home, 'AppData', 'Roaming');
  return xdgConfigFolder(machine);
}

/** Where programs that follow the XDG base directories keep their files; some do so on every system. */
export function xdgConfigFolder(machine: Machine): string {
  return folderNamed('XDG_CONFIG_HOME', machine) ?? join(machine.home, '.config');
}

/** Application data that stays on this machine (Windows). */
export function localAppDataFolder(machine: Machine): string {
  return folderNamed('LOCALAPPDATA', machine) ?? join(machine.home, 'AppData', 'Local');
}

/** Where an app bundle lies on macOS: for everybody, or for this person alone. */
export function bundles(machine: Machine, name: string): readonly string[] {
  if (machine.platform !== 'darwin') return [];
  return [machine.root, machine.home].map((top) => join(top, 'Applications', `${name}.app`));
}

/** Where installers put a program of this person on Windows. */
export function localPrograms(machine: Machine, ...names: readonly string[]): readonly string[] {
  if (machine.platform !== 'win32') return [];
  return names.map((name) => join(localAppDataFolder(machine), 'Programs', name));
}

/** Longest list of folders that is searched; a longer path is cut off. */
const PATH_LIMIT = 64;

// A process started at login hardly has a path, and these are where people's tools lie.
const OWN_FOLDERS = [['.local', 'bin'], ['.npm-global', 'bin'], ['.bun', 'bin'], ['.cargo', 'bin'], ['bin']];
const SYSTEM_FOLDERS = [
  ['usr', 'local', 'bin'],
  ['opt', 'homebrew', 'bin'],
  ['usr', 'bin'],
  ['snap', 'bin'],
];
const WINDOWS_EXTENSIONS = ['.exe', '.cmd'];

/** Every place at which a program of this name may lie, those of the path first. */
export function placesOfProgram(name: string, machine: Machine): readonly string[] {
  const { platform, home, env, root } = machine;
  const isWindows = platform === 'win32';
  const listed = (env.PATH ?? env.Path ?? '').split(isWindows ? ';' : ':').filter((folder) => isAbsolute(folder));
  const own = isWindows ? [join(appDataFolder(machine), 'npm')] : OWN_FOLDERS.map((names) => join(home, ...names));
  const system = isWindows ? [] : SYSTEM_FOLDERS.map((names) => join(root, ...names));
  const files = isWindows ? WINDOWS_EXTENSIONS.map((extension) => `${name}${extension}`) : [name];
  const folders = new Set([...listed.slice(0, PATH_LIMIT), ...own, ...system]);
  return [...folders].flatMap((folder) => files.map((file) => join(folder, file)));
}
