import { LanyardError } from '../../shared/errors.ts';
import { PRODUCT } from '../../shared/product.ts';

// Files of the XDG Desktop Application Autostart Specification, in the form of the Desktop Entry Specification.

/** What the entry is called in every `autostart` folder; a person's file replaces the system's of the same name. */
export const ENTRY_NAME = `${PRODUCT.command}.desktop`;

/** The value of a key in the group `[Desktop Entry]`; the first one counts, and other groups are passed over. */
function entryValue(text: string, key: string): string | undefined {
  let isInGroup = false;
  for (const line of text.split('\n')) {
    const trimmed = line.trim();
    if (trimmed.startsWith('[')) isInGroup = trimmed === '[Desktop Entry]';
    const at = trimmed.indexOf('=');
    if (isInGroup && at > 0 && trimmed.slice(0, at).trim() === key) return trimmed.slice(at + 1).trim();
  }
  return undefined;
}

/** Whether an entry makes its program start at login. GNOME's own key is what its settings write. */
export function isStarting(text: string): boolean {
  if (entryValue(text, 'Exec') === undefined) return false;
  return entryValue(text, 'Hidden') !== 'true' && entryValue(text, 'X-GNOME-Autostart-enabled') !== 'false';
}

/**
 * One argument of `Exec`: in double quotes, where four characters need a backslash; `%` would begin a field code; and a
 * backslash is doubled once more, as in every string of the file (Desktop Entry Specification, "The Exec key").
 *
 * @throws {LanyardError} `start-at-login` for a control character, which no entry can hold.
 */
export function quotedArgument(argument: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (/[\u0000-\u001f\u007f]/.test(argument))
    throw new LanyardError({
      code: 'start-at-login',
      user: `${PRODUCT.name} lies in a folder whose name the system cannot start programs from.`,
      administrator: 'The path of the program holds a control character, so no autostart entry can name it.',
    });
  const quoted = argument.replaceAll(/["`$\\]/g, '\\$&').replaceAll('%', '%%');
  return `"${quoted.replaceAll('\\', '\\\\')}"`;
}

const LITERALS: Readonly<Record<string, string>> = { s: ' ', n: '\n', t: '\t', r: '\r' };

/** The program that an entry starts, as {@link quotedArgument} or a bare word names it; `undefined` where it names none. */
export function startedProgram(text: string): string | undefined {
  const value = entryValue(text, 'Exec')?.replaceAll(/\\(.)/g, (_, one: string) => LITERALS[one] ?? one);
  const [, quoted, bare] = /^(?:"((?:[^"\\]|\\.)*)"|(\S+))/.exec(value ?? '') ?? [];
  return (quoted?.replaceAll(/\\(.)/g, '$1') ?? bare)?.replaceAll('%%', '%');
}

/** The person's entry that starts this command at login. */
export function startingEntry(command: readonly string[]): string {
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Version=1.5',
    `Name=${PRODUCT.name}`,
    'Comment=One corporate sign-in for every MCP client on the machine',
    `Exec=${command.map(quotedArgument).join(' ')}`,
    'Terminal=false',
    'StartupNotify=false',
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n');
}

/** The person's entry that takes the system's one back: as if it had been deleted. */
export function hiddenEntry(): string {
  return ['[Desktop Entry]', 'Type=Application', `Name=${PRODUCT.name}`, 'Hidden=true', ''].join('\n');
}
