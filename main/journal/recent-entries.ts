import { JOURNAL_LIMIT, type JournalEntry } from '../../shared/journal-views.ts';
import type { LogEntry, LogSink } from './log.ts';

/** Some of the newest entries, oldest first, and how many there were besides. */
export interface Newest {
  readonly entries: readonly JournalEntry[];
  /** Those that came since, and are not among them. */
  readonly missed: number;
}

/** The newest lines of the log, held in memory: at most {@link JOURNAL_LIMIT}. */
export interface RecentEntries extends LogSink {
  /** Id of the newest entry; 0 where there is none. */
  readonly lastId: number;
  /** Id of the oldest entry that is not forgotten, or of the one to come. */
  readonly firstId: number;
  /** What is held now is not shown any more, and was not missed either; ids go on. */
  forget(): void;
  /** What came after the entry `id`, at most `limit` of it. */
  after(id: number, limit?: number): Newest;
  /** Calls back with every line, so it has to be quick. Gives what ends that. */
  onEntry(listener: () => void): () => void;
}

function present(id: number, { time, level, event, fields }: LogEntry): JournalEntry {
  // The log has left out what is undefined.
  return { id, at: Date.parse(time), level, event, fields: fields as JournalEntry['fields'] };
}

/**
 * See {@link RecentEntries}. Every call passes through `write`, which keeps the entry as it is: what the window wants
 * to know of it is worked out when it asks.
 *
 * @param earlier what was logged before, oldest first.
 */
export function createRecentEntries(earlier: readonly LogEntry[] = []): RecentEntries {
  let ring: LogEntry[] = earlier.slice(-JOURNAL_LIMIT);
  /** The newest entry that was forgotten. */
  let forgotten = 0;
  const listeners = new Set<() => void>();
  let lastId = ring.length;
  return {
    write: (entry) => {
      ring[lastId % JOURNAL_LIMIT] = entry;
      lastId += 1;
      for (const listener of listeners) listener();
    },
    close: async () => {},
    get lastId() {
      return lastId;
    },
    get firstId() {
      return forgotten + 1;
    },
    forget: () => {
      forgotten = lastId;
      ring = [];
    },
    after: (id, limit = JOURNAL_LIMIT) => {
      const since = Math.max(id, forgotten);
      const from = Math.max(since, lastId - Math.min(limit, JOURNAL_LIMIT), 0);
      const entries: JournalEntry[] = [];
      for (let at = from; at < lastId; at += 1) {
        const entry = ring[at % JOURNAL_LIMIT];
        if (entry) entries.push(present(at + 1, entry));
      }
      return { entries, missed: Math.max(0, from - since) };
    },
    onEntry: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
