import { isSecureUrl } from '../../../shared/urls.ts';

/** How this copy of the app came onto the machine. */
export interface Installation {
  readonly platform: NodeJS.Platform;
  /** `app-update.yml` as the build put it among the resources; `undefined` where there is none. */
  readonly feed: string | undefined;
  /** Path of the running AppImage, as its runtime tells it (`APPIMAGE`). */
  readonly appImage: string | undefined;
  /** Absolute path of the app's own program. */
  readonly program: string;
  /** Windows: folders that only administrators write to (`ProgramFiles` and its likes). */
  readonly programFolders: readonly string[];
  /** Whether the person may write what an update replaces: the AppImage, or the app's folder. */
  readonly isWritable: boolean;
}

/**
 * Why an installation is not ours to update, `undefined` where it is. `no-feed`: a build without a place to get updates
 * from; `unsafe-feed`: neither https nor loopback; `unsigned`: Windows would not check who signed the update, since the
 * feed does not name the publisher; `system-wide`: put there for everybody, by a package manager, an administrator or
 * device management, which update it as well; we would have to ask for an administrator's rights.
 */
export type NotOurs = 'no-feed' | 'unsafe-feed' | 'unsigned' | 'system-wide';

const value = (feed: string, key: string): string | undefined =>
  new RegExp(`^${key}:[ \\t]*(?:-[ \\t]*)?['"]?([^'"\\s]+)`, 'm').exec(feed)?.[1];

// `publisherName` is a name or a list of names, which then begins in the next line.
const namesPublisher = (feed: string): boolean => /^publisherName:[ \t]*(?:\r?\n[ \t]*-[ \t]*)?\S/m.test(feed);

/** The feed's address in the text of `app-update.yml`; empty where it names none. */
export function feedAddress(feed: string): string {
  return value(feed, 'url') ?? '';
}

const isBelow = (file: string, folder: string): boolean =>
  folder !== '' && file.toLowerCase().startsWith(`${folder.toLowerCase().replace(/\\+$/, '')}\\`);

/** See {@link NotOurs}. */
export function whyNotOurs(installation: Installation): NotOurs | undefined {
  const { platform, feed, appImage, program, programFolders, isWritable } = installation;
  if (feed === undefined) return 'no-feed';
  if (!isSecureUrl(feedAddress(feed))) return 'unsafe-feed';
  // Packages and unpacked folders on Linux carry no signature that we could check; an AppImage is the person's own file.
  if (platform === 'linux' && appImage === undefined) return 'system-wide';
  if (platform === 'win32' && programFolders.some((folder) => isBelow(program, folder))) return 'system-wide';
  if (!isWritable) return 'system-wide';
  return platform === 'win32' && !namesPublisher(feed) ? 'unsigned' : undefined;
}
