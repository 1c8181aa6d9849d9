import { parseArgs } from 'node:util';
import { createDirectory } from '../company/people.ts';

/** What `npm start` is called with. */
export const USAGE = `npm start                    with a display the tray app, without one the agent in this terminal
npm start -- --terminal      the agent in this terminal in any case
npm start -- --as alice      signs alice in by script, shows a tool call's answer, and ends
`;

/** What the demo was asked to do. */
export interface DemoArguments {
  /** Who is signed in by script. */
  readonly as: string | undefined;
  readonly terminal: boolean;
}

/** Whether only {@link USAGE} is wanted. */
export function wantsUsage(args: readonly string[]): boolean {
  return args.includes('--help') || args.includes('-h');
}

/**
 * Reads the words after `npm start --`.
 *
 * @returns a sentence where they ask for something that the demo does not have.
 */
export function readArguments(args: readonly string[]): DemoArguments | string {
  let values: { as?: string; terminal: boolean };
  try {
    const options = { as: { type: 'string' }, terminal: { type: 'boolean', default: false } } as const;
    ({ values } = parseArgs({ args: [...args], options }));
  } catch (error) {
    // Node's own sentence names the word; what it adds about "--" is for other programs than ours.
    return error instanceof Error ? error.message.replace(/\. To specify .*/s, '.') : String(error);
  }
  const { as, terminal } = values;
  const usernames = createDirectory().people.map(({ username }) => username);
  if (as !== undefined && !usernames.includes(as))
    return `Nobody at the demo company is called "${as}". Its people are ${usernames.join(', ')}.`;
  return { as, terminal };
}
