import type { Demo } from '../../main/desktop/bridge/desk.ts';
import type { JournalEntry } from '../../shared/journal-views.ts';
import { describeEntry, isRoutine, type JournalLine, type JournalTitles } from '../../shared/journal-words.ts';

/** What the person wants to see; empty strings let everything through. */
export interface JournalFilter {
  readonly text: string;
  /** Name of a server. */
  readonly server: string;
  /** Id of a client. */
  readonly client: string;
  readonly onlyProblems: boolean;
  /** Also what apps and servers do by themselves all day long. */
  readonly everything: boolean;
}

/** Lets everything through that a person cares for. */
export const NO_FILTER: JournalFilter = { text: '', server: '', client: '', onlyProblems: false, everything: false };

/** The entries without the demo's own danger while it runs: the demo says itself that nothing in it is protected. */
export function toldEntries(entries: readonly JournalEntry[], demo: Demo): readonly JournalEntry[] {
  return demo === 'running' ? entries.filter(({ event }) => event !== 'insecure-file-key') : entries;
}

/** An entry with its words. */
export interface DescribedEntry extends JournalLine {
  readonly id: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

const isProblem = ({ tone }: JournalLine) => tone === 'warning' || tone === 'bad';

/** Whether an entry says that the agent did not start, as the older one beside it does: one line is enough. */
const isSameFailure = ({ event, fields }: JournalEntry, other: JournalEntry | undefined) =>
  event === 'agent-failed' && other?.event === event && other.fields.code === fields.code;

/** The entries that the filter lets through, in words; the text is looked for in those words. */
export function filterEntries(
  entries: readonly JournalEntry[],
  { text, server, client, onlyProblems, everything }: JournalFilter,
  titles: JournalTitles,
): readonly DescribedEntry[] {
  const search = text.trim().toLowerCase();
  return entries
    .filter((entry, index) => everything || !(isRoutine(entry) || isSameFailure(entry, entries[index - 1])))
    .filter(({ fields }) => server === '' || fields.server === server)
    .filter(({ fields }) => client === '' || fields.client === client)
    .map((entry) => ({ ...describeEntry(entry, titles), id: entry.id, at: entry.at }))
    .filter((line) => !onlyProblems || isProblem(line))
    .filter((line) => search === '' || line.text.toLowerCase().includes(search));
}
