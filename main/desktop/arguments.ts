import { VIEWS, type View } from './bridge/views.ts';

/** What the app was started with. */
export interface DesktopArguments {
  /** Started at login: no window until it is asked for. */
  readonly hidden: boolean;
  /** The view to open the window with. */
  readonly view?: View;
  /** Passed on to an agent that we start; an agent that runs already keeps its own. */
  readonly agentOptions: readonly string[];
}

const VIEW_OPTION = '--view=';

/**
 * Reads our own options and passes over those of Chromium and of test drivers, which arrive in the same list.
 *
 * @param args the command line without the program
 */
export function readArguments(args: readonly string[]): DesktopArguments {
  const agentOptions: string[] = [];
  args.forEach((argument, index) => {
    const next = args[index + 1];
    if (argument === '--insecure-file-key') agentOptions.push(argument);
    else if (argument.startsWith('--policy=')) agentOptions.push('--policy', argument.slice('--policy='.length));
    else if (argument === '--policy' && next !== undefined) agentOptions.push(argument, next);
  });
  const asked = args.find((argument) => argument.startsWith(VIEW_OPTION))?.slice(VIEW_OPTION.length);
  const view = VIEWS.find((one) => one === asked);
  return { hidden: args.includes('--hidden'), agentOptions, ...(view && { view }) };
}
