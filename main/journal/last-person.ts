import type { LogEntry } from './log.ts';

/** What is known to be of one person. */
export interface PersonsEntries {
  /** Oldest first. */
  readonly entries: readonly LogEntry[];
  /** Who signed in or out last; absent where the log does not say it. */
  readonly subject?: string;
}

/**
 * The entries of the person who signed in last: what follows the last sign-in or sign-out of anybody else, from the
 * person's own first word on. Where the log tells of no person at all, they are the end of a longer log of one, or
 * nobody's.
 */
export function entriesOfLastPerson(entries: readonly LogEntry[]): PersonsEntries {
  const told = entries.flatMap(({ event, fields: { subject } }, index) =>
    (event === 'signed-in' || event === 'signed-out') && typeof subject === 'string' ? [{ index, event, subject }] : [],
  );
  const subject = told.at(-1)?.subject;
  if (subject === undefined) return { entries };
  const others = told.findLastIndex((one) => one.subject !== subject);
  const first = told[others + 1];
  // A sign-out ends what was the person's before as well.
  const isOfAll = others === -1 && first?.event === 'signed-out';
  return { entries: isOfAll ? entries : entries.slice(first?.index), subject };
}
