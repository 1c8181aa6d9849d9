import { z } from 'zod';
import { isFailedCall } from '../../shared/journal-call-words.ts';
import type { JournalHour, Use } from '../../shared/journal-views.ts';
import { type CallRecord, isUse } from './calls.ts';
import { createDays } from './days.ts';
import { createHours } from './hours.ts';
import { createUses } from './uses.ts';

/** Longest text of a file that is read, in characters: hundreds of names with three numbers each. */
const FILE_LIMIT = 256 * 1024;

const count = z.number().int().nonnegative();
const used = z.strictObject({ day: z.string().max(10), calls: count, lastUsedAt: count });
const uses = z.record(z.string().max(128), used);

const fileSchema = z.strictObject({
  version: z.literal(1),
  hours: z.array(z.strictObject({ at: count, calls: count, failed: count, mints: count })).max(48),
  /** Whose use of servers and clients it is; only to be compared. */
  person: z.string().max(100).optional(),
  servers: uses,
  clients: uses,
});

/** A tally as it is kept. */
export type KeptTally = z.infer<typeof fileSchema>;

/** Counts what clients do: by the hour over all, and by the day for each server and client. */
export interface Tally {
  /** Gives whether it counted: only what somebody wants of a server does, see {@link isUse}. */
  called(call: CallRecord): boolean;
  /** An ID-JAG was issued, which is what IdPs count; see the mint counts. */
  minted(): void;
  /**
   * This person is, or is about to be, signed in. When others used what is not theirs to know. Gives whether it was
   * somebody else's until now.
   */
  belongsTo(person: string): boolean;
  hour(): JournalHour;
  /** The last 24, oldest first. */
  hours(): JournalHour[];
  server(name: string): Use;
  client(id: string): Use;
  kept(): KeptTally;
}

/** Reads the file's text; `undefined` where it is not one of ours. */
export function readTally(text: string): KeptTally | undefined {
  if (text.length > FILE_LIMIT) return undefined;
  try {
    return fileSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** See {@link Tally}; goes on from what was kept. */
export function createTally(clock: () => number, kept?: KeptTally): Tally {
  const dayOf = createDays();
  const today = () => dayOf(clock());
  const hours = createHours(kept?.hours);
  const servers = createUses(clock(), kept?.servers);
  const clients = createUses(clock(), kept?.clients);
  let person = kept?.person;
  return {
    called: (call) => {
      if (!isUse(call)) return false;
      const now = clock();
      const day = dayOf(now);
      hours.called(now, isFailedCall(call));
      servers.add(call.server, now, day);
      clients.add(call.client, now, day);
      return true;
    },
    minted: () => hours.minted(clock()),
    belongsTo: (next) => {
      const isOther = person !== undefined && person !== next;
      if (isOther) {
        servers.clear();
        clients.clear();
      }
      person = next;
      return isOther;
    },
    hour: () => hours.at(clock()),
    hours: () => hours.until(clock()),
    server: (name) => servers.of(name, today()),
    client: (id) => clients.of(id, today()),
    kept: () => ({
      version: 1,
      hours: hours.until(clock()).filter(({ calls, mints }) => calls + mints > 0),
      ...(person !== undefined && { person }),
      servers: servers.kept(),
      clients: clients.kept(),
    }),
  };
}
