import { createHash } from 'node:crypto';
import {
  JOURNAL_LIMIT,
  type Journal,
  type JournalEntry,
  type JournalHour,
  type Use,
} from '../../shared/journal-views.ts';
import { LOCAL_BODY_LIMIT_BYTES } from '../../shared/local-api.ts';
import type { LocalPaths } from '../../shared/paths.ts';
import type { Schedule } from '../../shared/schedule.ts';
import { type CallRecord, recordCall } from '../journal/calls.ts';
import { entriesOfLastPerson } from '../journal/last-person.ts';
import type { OpenLog } from '../journal/log.ts';
import { readLogTail } from '../journal/log-tail.ts';
import { createRecentEntries, type RecentEntries } from '../journal/recent-entries.ts';
import { openKeptTally } from './kept-tally.ts';
import type { Person } from './relaying.ts';

/** The state says at most so often that something was used, in ms: calls come in hundreds. */
const TELL_EVERY_MS = 5_000;

/** Entries in one answer, as JSON in bytes; hours and punctuation need little of the rest. */
const ENTRIES_LIMIT_BYTES = LOCAL_BODY_LIMIT_BYTES / 2;

/** What happened, and how much. */
export interface AgentJournal {
  readonly recent: Pick<RecentEntries, 'firstId' | 'lastId' | 'after' | 'onEntry'>;
  /** Every call, when it is over. */
  record(call: CallRecord): void;
  /** An ID-JAG was issued. */
  minted(): void;
  /**
   * Whose use of servers and clients is counted from now on; another person's is forgotten, and what happened until now
   * is not shown any more. It stays in the log file.
   */
  belongsTo(person: Person): void;
  hour(): JournalHour;
  view(): Journal;
  ofServer(name: string): Use;
  ofClient(id: string): Use;
  /** Writes the counts. Does not throw. */
  close(): Promise<void>;
}

/** What it works with. */
export interface AgentJournalContext {
  readonly paths: Pick<LocalPaths, 'log' | 'tally'>;
  readonly log: OpenLog;
  readonly clock: () => number;
  readonly schedule: Schedule;
  /** What the state says of use has changed. */
  readonly onUse: () => void;
}

/** Names nobody: it is only compared. The NUL cannot be part of either. */
function keyOf({ issuer, subject }: Person): string {
  return createHash('sha256').update(`${issuer}\0${subject}`).digest('base64url');
}

/** The newest of these entries that one answer has room for: some lines hold long sentences. */
function withRoom(entries: readonly JournalEntry[]): JournalEntry[] {
  let bytes = 0;
  const tooLong = entries.findLastIndex((entry) => {
    bytes += Buffer.byteLength(JSON.stringify(entry)) + 1;
    return bytes > ENTRIES_LIMIT_BYTES;
  });
  return entries.slice(tooLong + 1);
}

/** Opens the journal with what the last agent wrote down, and goes on from there. */
export async function openJournal(context: AgentJournalContext): Promise<AgentJournal> {
  const { paths, log, clock, schedule, onUse } = context;
  const earlier = entriesOfLastPerson(await readLogTail(paths.log, JOURNAL_LIMIT));
  const recent = createRecentEntries(earlier.entries);
  log.attach(recent);
  const { tally, later, close } = await openKeptTally({ path: paths.tally, clock, schedule, log });

  let isTelling = false;
  let callOff = () => {};
  const tell = () => {
    if (isTelling) return;
    isTelling = true;
    callOff = schedule(TELL_EVERY_MS, () => {
      isTelling = false;
      onUse();
    });
  };
  let person: Person | undefined;
  let { subject } = earlier;
  return {
    recent,
    record: (call) => {
      recordCall(log, call);
      if (!tally.called(call)) return;
      later();
      tell();
    },
    minted: () => {
      tally.minted();
      later();
    },
    belongsTo: (next) => {
      if (person?.issuer === next.issuer && person.subject === next.subject) return;
      const isOther = tally.belongsTo(keyOf(next)) || (subject !== undefined && subject !== next.subject);
      person = next;
      subject = next.subject;
      if (isOther) recent.forget();
      later();
    },
    hour: tally.hour,
    view: () => ({ entries: withRoom(recent.after(0).entries), hours: tally.hours() }),
    ofServer: tally.server,
    ofClient: tally.client,
    close: async () => {
      callOff();
      await close();
    },
  };
}
