import { JOURNAL_LIMIT } from '../../shared/journal-limit.ts';
import type { Journal, JournalEntry, JournalHour, JournalNews } from '../../shared/journal-views.ts';

/** How many hours the chart shows; the agent sends as many. */
const HOURS_SHOWN = 24;

/** The journal as the page holds it. */
export interface JournalList {
  /** Newest first, at most {@link JOURNAL_LIMIT}. */
  readonly entries: readonly JournalEntry[];
  /** Oldest first, at most {@link HOURS_SHOWN}. */
  readonly hours: readonly JournalHour[];
  /** How many entries came too fast to be shown. */
  readonly missed: number;
}

/** The list from the agent's first answer. */
export function beginList({ entries, hours }: Journal): JournalList {
  return { entries: entries.toReversed().slice(0, JOURNAL_LIMIT), hours: hours.slice(-HOURS_SHOWN), missed: 0 };
}

/**
 * The list with what came since; entries that are there already, as after a first answer that crossed news, are not
 * added. Those of the person before go when somebody else signs in.
 */
export function addNews(list: JournalList, { entries, missed, hour, firstId = 0 }: JournalNews): JournalList {
  const newest = list.entries[0]?.id ?? Number.NEGATIVE_INFINITY;
  const added = entries.filter(({ id }) => id > newest).toReversed();
  // News that were on their way while the hour changed do not turn it back.
  const known = list.hours.filter(({ at }) => at !== hour.at);
  const hours = [...known, hour].sort((one, other) => one.at - other.at).slice(-HOURS_SHOWN);
  const shown = [...added, ...list.entries].filter(({ id }) => id >= firstId);
  return { entries: shown.slice(0, JOURNAL_LIMIT), hours, missed: list.missed + missed };
}
