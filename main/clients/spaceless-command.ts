import { isLastingPlace } from '../../shared/lasting-place.ts';
import { isKeptProgram, keepProgram } from './kept-program.ts';
import { dropPassingLink, linkProgram } from './program-link.ts';
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
  /** Gives a copy that stays, or `undefined`; {@link keepProgram} unless told otherwise. */
  readonly keep?: (file: string, home: string) => Promise<string | undefined>;
}

const WHITE_SPACE = /\s/;

/**
 * The command as it can be written into every client's file: some clients split commands at white space. On macOS and
 * Linux the link `~/.lanyard/lanyard` stands for a path with white space; on Windows it is the file's short name. Where
 * nothing better is to be had, the command stays as it is: most clients take it.
 *
 * An entry outlasts this run, so a program in a place that passes, or that others can write, is copied and the copy is
 * named (shared/lasting-place.ts says which those are). Node with a file to run, as in development, stays as it is.
 *
 * To be called when the agent starts: then the link and the copy follow the program, and a link to a place that has
 * passed goes.
 *
 * @returns `undefined` where no path may be written down.
 */
export async function spacelessCommand(
  { file, args }: Command,
  { platform, home, link = linkProgram, short = shortPath, keep = keepProgram }: CommandSurroundings,
): Promise<Command | undefined> {
  if (platform === 'win32') return { file: WHITE_SPACE.test(file) ? ((await short(file)) ?? file) : file, args };
  const stays = args.length > 0 || (await isLastingPlace(file, { platform, home }));
  const kept = stays ? file : await keep(file, home);
  const isCopy = !stays || (await isKeptProgram(file, home));
  // A link in a home folder with white space would be no better; but that to a copy stays when the copy is renewed.
  if (kept === undefined || (!isCopy && (!WHITE_SPACE.test(kept) || WHITE_SPACE.test(home)))) {
    await dropPassingLink({ platform, home });
    return kept === undefined ? undefined : { file: kept, args };
  }
  return { file: (await link(kept, home)) ?? kept, args };
}
