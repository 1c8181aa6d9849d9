import { linkProgram } from './program-link.ts';
import { shortPath } from './short-path.ts';

/** A program and its first arguments. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
}

/** Where a command is to be written down. */
export interface CommandSurroundings {
  readonly platform: NodeJS.Platform;
  /** Home folder of the person, absolute. */
  readonly home: string;
  /** Gives a path that leads to the file, or `undefined`; {@link linkProgram} unless told otherwise. */
  readonly link?: (file: string, home: string) => Promise<string | undefined>;
  /** Gives the short name of a file, or `undefined`; {@link shortPath} unless told otherwise. */
  readonly short?: (file: string) => Promise<string | undefined>;
}

const WHITE_SPACE = /\s/;

/**
 * What lies here has no path that lasts: an AppImage is mounted at another place each time it starts, and so does macOS
 * run an app that was downloaded and not moved (App Translocation).
 */
const PASSING_PLACE = /\/\.mount_[^/]+\/|\/AppTranslocation\//;

/**
 * The command as it can be written into every client's file: some clients split commands at white space. On macOS and
 * Linux the link `~/.lanyard/lanyard` stands for a path with white space, and for one that does not last: there the link
 * outlives the path, and whoever calls this when the agent starts renews it; while Lanyard does not run it leads nowhere. On Windows it is the file's short name. Where nothing better is to be had, the command stays as it is:
 * most clients take it.
 */
export async function spacelessCommand(
  { file, args }: Command,
  { platform, home, link = linkProgram, short = shortPath }: CommandSurroundings,
): Promise<Command> {
  const isWindows = platform === 'win32';
  if (!WHITE_SPACE.test(file) && (isWindows || !PASSING_PLACE.test(file))) return { file, args };
  if (isWindows) return { file: (await short(file)) ?? file, args };
  // A link in a home folder with white space would be no better.
  if (WHITE_SPACE.test(home)) return { file, args };
  return { file: (await link(file, home)) ?? file, args };
}
