import { InvalidArgumentError, Option } from 'commander';

/** How an agent is started. */
export interface AgentStart {
  readonly policy?: string | undefined;
  readonly insecureFileKey: boolean;
  /** Folder of the vault, the lists and the counts, instead of the person's own. */
  readonly keepIn?: string | undefined;
  /** Id of the process with which the agent ends. */
  readonly endsWith?: number | undefined;
  /** What was connected since then (milliseconds since the epoch) is disconnected at the agent's end. */
  readonly entriesSince?: number | undefined;
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number) || number === 0)
    throw new InvalidArgumentError('It must be a whole number above 0.');
  return number;
}

/** The options that the app gives to the agent of its demo; they are nobody else's, so help does not name them. */
export const DEMO_OPTIONS: readonly Option[] = [
  new Option('--keep-in <folder>', 'folder of vault, lists and counts').hideHelp(),
  new Option('--ends-with <pid>', 'end when this process is gone').argParser(wholeNumber).hideHelp(),
  new Option('--entries-since <ms>', 'disconnect at the end what was connected since')
    .argParser(wholeNumber)
    .hideHelp(),
];
