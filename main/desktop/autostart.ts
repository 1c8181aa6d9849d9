import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { LanyardError } from '../../shared/errors.ts';
import { ENTRY_NAME, hiddenEntry, isStarting, startedProgram, startingEntry } from './autostart-entry.ts';
import type { LoginItem } from './login-item.ts';

/** An entry is a few lines; what is longer is not one, in characters. */
const ENTRY_LIMIT = 64 * 1024;

/** Where the entries lie and what they start. */
export interface AutostartPlace {
  readonly home: string;
  /** `XDG_CONFIG_HOME` and `XDG_CONFIG_DIRS` count where they are absolute paths, as their specification says. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Program and arguments; `undefined` where no entry may name the program: then nothing is offered. */
  readonly command: readonly string[] | undefined;
  /** Whether a program lies there to stay, and nobody else can put another one into its place. */
  isLasting(file: string): Promise<boolean>;
}

const absolute = (path: string | undefined): string | undefined =>
  path !== undefined && isAbsolute(path) ? path : undefined;

async function textOf(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).slice(0, ENTRY_LIMIT);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function refused(cause: unknown): LanyardError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new LanyardError({
    code: 'start-at-login',
    user: 'Whether Lanyard starts when you log in could not be changed. Your settings folder cannot be written.',
    administrator: `The autostart entry could not be written: ${reason}`,
    cause,
  });
}

/** Start at login on Linux: the person's own entry, or else that of the package for everybody. */
export function autostart({ home, environment, command, isLasting }: AutostartPlace): LoginItem {
  const own = join(absolute(environment.XDG_CONFIG_HOME) ?? join(home, '.config'), 'autostart', ENTRY_NAME);
  const configured = (environment.XDG_CONFIG_DIRS ?? '').split(':').filter(isAbsolute);
  const folders = configured.length > 0 ? configured : ['/etc/xdg'];

  const shared = async (): Promise<string | undefined> => {
    for (const folder of folders) {
      const text = await textOf(join(folder, 'autostart', ENTRY_NAME));
      if (text !== undefined) return text;
    }
    return undefined;
  };
  const write = async (text: string) => {
    await mkdir(dirname(own), { recursive: true });
    // In one step: a session that starts meanwhile reads the old entry or the new one.
    const next = `${own}.new`;
    await writeFile(next, text, { mode: 0o644 });
    await rename(next, own);
  };
  const change = async (isOn: boolean) => {
    if (!command) return;
    const isSharedStarting = isStarting((await shared()) ?? '');
    // Where the package's entry says the same, the person needs none: the package's one may change with an update.
    if (isSharedStarting === isOn) await rm(own, { force: true });
    else await write(isOn ? startingEntry(command) : hiddenEntry());
  };

  const tidy = async () => {
    const text = (await textOf(own)) ?? '';
    const program = startedProgram(text);
    // A bare name is looked for on the path: nothing we write.
    if (program === undefined || !isAbsolute(program) || (await isLasting(program))) return;
    if (command && isStarting(text)) await write(startingEntry(command));
    else await rm(own, { force: true });
  };

  return {
    tidy: () => tidy().catch(() => {}),
    look: async () => {
      if (!command) return 'unavailable';
      try {
        return isStarting((await textOf(own)) ?? (await shared()) ?? '') ? 'on' : 'off';
      } catch {
        return 'unavailable';
      }
    },
    set: async (isOn) => {
      try {
        await change(isOn);
      } catch (error) {
        throw error instanceof LanyardError ? error : refused(error);
      }
    },
  };
}
