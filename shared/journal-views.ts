import { z } from 'zod';
import { JOURNAL_LIMIT } from './journal-limit.ts';

// The part of the Local API that is about the journal: what happened, never what was said.

export { JOURNAL_LIMIT };

/** One line of the journal. */
export const journalEntrySchema = z.object({
  /** Grows with every entry while the agent runs. */
  id: z.number(),
  /** Milliseconds since the epoch. */
  at: z.number(),
  level: z.enum(['debug', 'info', 'warn', 'error']),
  /** Stable name such as `call` or `grant-ready`. */
  event: z.string(),
  /** Of a call: `client`, `server`, `method`, `name`, `status`, `durationMs`, `refused`… */
  fields: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});

/** What was done in one hour, for the chart. */
export const journalHourSchema = z.object({
  /** The hour's beginning, milliseconds since the epoch. */
  at: z.number(),
  calls: z.number(),
  /** Those of the calls that ended with an HTTP status from 400 on, or that a rule refused. */
  failed: z.number(),
  mints: z.number(),
});

/** Answer of `GET /v1/journal`: the newest entries, oldest first, and the last 24 hours, oldest first. */
export const journalSchema = z.object({
  entries: z.array(journalEntrySchema).max(JOURNAL_LIMIT),
  hours: z.array(journalHourSchema),
});

/** One event of `GET /v1/journal/events`: what came since the one before. */
export const journalNewsSchema = z.object({
  entries: z.array(journalEntrySchema),
  /** How many entries came and are not among them, since there were too many. */
  missed: z.number(),
  /** Entries before this one are another person's, and not to be shown any more; absent from older agents. */
  firstId: z.number().optional(),
  /** The present hour. */
  hour: journalHourSchema,
});

/** How much something (a server, a client) was used. Days are those of the machine's own time zone. */
export const useSchema = z.object({
  callsToday: z.number(),
  /** Milliseconds since the epoch; absent where it was not used in the time that is remembered. */
  lastUsedAt: z.number().optional(),
});

/** Answer of `GET /v1/servers/<name>/tools`: what the server last listed to this person. */
export const serverToolsSchema = z.object({
  /** When it was listed, milliseconds since the epoch; absent where nothing is known yet. */
  listedAt: z.number().optional(),
  tools: z.array(
    z.object({
      name: z.string(),
      title: z.string().optional(),
      description: z.string().optional(),
      /** Whether the tool rules of policy let it through. */
      isAllowed: z.boolean(),
      /** What the server says of it; `true` where it says that it changes nothing. */
      isReadOnly: z.boolean(),
    }),
  ),
});

export type JournalEntry = z.infer<typeof journalEntrySchema>;
export type JournalHour = z.infer<typeof journalHourSchema>;
export type Journal = z.infer<typeof journalSchema>;
export type JournalNews = z.infer<typeof journalNewsSchema>;
export type Use = z.infer<typeof useSchema>;
export type ServerTools = z.infer<typeof serverToolsSchema>;
