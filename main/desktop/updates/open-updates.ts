import { constants } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { systemSchedule } from '../../../shared/schedule.ts';
import { feedAddress, type Installation, type NotOurs, whyNotOurs } from './installation.ts';
import { electronUpdater } from './updater.ts';
import { type AppUpdates, createUpdates } from './updates.ts';

/** Where the app runs. */
export interface UpdateSurroundings {
  /** Electron's folder of resources. */
  readonly resources: string;
  /** Absolute path of the app's own program. */
  readonly program: string;
  readonly platform: NodeJS.Platform;
  readonly environment: NodeJS.ProcessEnv;
}

/** What an update replaces. On macOS the bundle: the program lies in `Lanyard.app/Contents/MacOS`. */
function replaced({ program, platform, environment }: UpdateSurroundings): string {
  if (platform === 'linux' && environment.APPIMAGE) return environment.APPIMAGE;
  return platform === 'darwin' ? resolve(dirname(program), '..', '..') : dirname(program);
}

const readFeed = ({ resources }: UpdateSurroundings): Promise<string | undefined> =>
  readFile(join(resources, 'app-update.yml'), 'utf8').catch(() => undefined);

async function describeInstallation(surroundings: UpdateSurroundings): Promise<Installation> {
  const { program, platform, environment } = surroundings;
  const { ProgramFiles, ProgramW6432, APPIMAGE } = environment;
  return {
    platform,
    program,
    feed: await readFeed(surroundings),
    appImage: APPIMAGE,
    programFolders: [ProgramFiles, ProgramW6432, environment['ProgramFiles(x86)']].filter(
      (folder) => folder !== undefined,
    ),
    isWritable: await access(replaced(surroundings), constants.W_OK).then(
      () => true,
      () => false,
    ),
  };
}

/** Updates of this app; nothing is read or loaded before they are allowed. */
export function openUpdates(
  surroundings: UpdateSurroundings,
  { changed, leaving }: { readonly changed: () => void; readonly leaving: () => void },
): AppUpdates {
  return createUpdates({
    whyNotOurs: async (): Promise<NotOurs | undefined> => whyNotOurs(await describeInstallation(surroundings)),
    open: async (onEvent) => electronUpdater(onEvent, Date.now, feedAddress((await readFeed(surroundings)) ?? '')),
    schedule: systemSchedule,
    random: Math.random,
    changed,
    leaving,
  });
}
