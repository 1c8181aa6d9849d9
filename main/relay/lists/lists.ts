import { faultOf, type LanyardError, problemOf } from '../../../shared/errors.ts';
import type { Schedule } from '../../../shared/schedule.ts';
import type { Log } from '../../journal/log.ts';
import type { Conversation, Responder } from '../mcp/responder.ts';
import { fetchLists } from './fetch-lists.ts';
import type { Cut } from './fit-lists.ts';
import { isSamePerson, type Known, type Person, readKnown, withLists, writeKnown } from './known-lists.ts';
import { createLateWriter } from './late-writer.ts';
import { listsClosed, listsTooSlow, nobodySignedIn, noSuchServer, personChangedMeanwhile } from './list-faults.ts';
import { sameLists } from './same-lists.ts';
import type { Lists, ServerLists } from './server-lists.ts';

/** All lists of one server together may take so long, in ms; nobody waits for longer. */
const REFRESH_LIMIT_MS = 30_000;

/** Lists are asked for as nobody's client: what a server keeps for a conversation ends with each refresh. */
const CONVERSATION: Conversation = { id: 'lanyard:lists', client: 'lanyard', transport: 'http' };

/** What the lists work with. */
export interface ListsContext {
  /** What answers for a server; `undefined` where policy has none of that name. */
  readonly ask: (server: string) => Responder | undefined;
  /** Who is signed in now. */
  readonly person: () => Person | null;
  /** The file's text as it was last written; `undefined` where there is none. */
  readonly read: () => Promise<string | undefined>;
  /** Writes the file as a whole, durably. Never called twice at a time. */
  readonly write: (text: string) => Promise<void>;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly schedule: Schedule;
  readonly log: Log;
}

/** {@link Lists} that are kept in a file, for one person at a time. */
export interface OpenLists extends Lists {
  /**
   * Somebody signed in or out. Lists of another person are dropped, from memory and disk; those of the same one stay,
   * also while nobody is signed in.
   */
  personChanged(): void;
  /** When a server's lists came, ms since the epoch; `undefined` if they never did for this person. */
  fetchedAt(server: string): number | undefined;
  /** Ends what is under way and writes what is not written yet. */
  close(): Promise<void>;
}

interface Refresh {
  readonly answer: Promise<ServerLists>;
  stop(reason: LanyardError): void;
}

/**
 * Opens the lists. A file that cannot be read, or that belongs to somebody else than who is signed in, is ignored and
 * overwritten: nothing in it is lost that a server would not say again.
 */
export async function openLists(context: ListsContext): Promise<OpenLists> {
  const { ask, person, clock, schedule, log } = context;
  const text = await context.read().catch((error: unknown) => {
    log.warn('lists-not-read', { problem: problemOf(error).administrator });
    return undefined;
  });
  const stored = text === undefined ? undefined : readKnown(text);
  if (text !== undefined && !stored) log.warn('lists-not-read', { problem: 'The file does not parse.' });
  // Whose lists are in memory; while nobody is signed in, the last one.
  let owner: Person | null = stored?.person ?? null;
  let known: Known = stored?.known ?? new Map();
  let isClosed = false;
  let lastId = 0;
  const refreshes = new Map<string, Refresh>();
  const listeners = new Set<(server: string) => void>();
  const writer = createLateWriter({
    text: () => (owner === null ? undefined : writeKnown(owner, known)),
    write: context.write,
    schedule,
    log,
  });

  const isOthers = () => {
    const now = person();
    return now !== null && !isSamePerson(now, owner);
  };
  const tell = (server: string) => {
    for (const listener of [...listeners]) listener(server);
  };
  const personChanged = () => {
    if (!isOthers()) return;
    const had = [...known.keys()];
    const isFirst = owner === null;
    owner = person();
    known = new Map();
    for (const refresh of [...refreshes.values()]) refresh.stop(personChangedMeanwhile());
    if (!isFirst) writer.now();
    for (const server of had) tell(server);
  };
  const keep = (server: string, lists: ServerLists) => {
    const before = known;
    known = withLists(known, server, { lists, fetchedAt: clock() });
    writer.later();
    const gone = [...before.keys()].filter((name) => !known.has(name));
    for (const name of gone) log.warn('lists-dropped', { server: name, reason: 'too-large' });
    if (!sameLists(before.get(server)?.lists, lists)) tell(server);
    for (const name of gone) tell(name);
  };

  const start = (server: string, responder: Responder): Refresh => {
    const asked = person();
    const abort = new AbortController();
    const stopped = Promise.withResolvers<never>();
    const stop = (reason: LanyardError) => {
      refreshes.delete(server);
      stopped.reject(reason);
      abort.abort(reason);
    };
    const callOff = schedule(REFRESH_LIMIT_MS, () => stop(listsTooSlow(server, REFRESH_LIMIT_MS)));
    const cuts = new Map<string, Cut>();
    const fetched = fetchLists({
      server,
      responder,
      exchange: { conversation: CONVERSATION, signal: abort.signal, notify: () => {} },
      newId: () => {
        lastId += 1;
        return `lanyard-lists-${lastId}`;
      },
      known: known.get(server)?.lists,
      onCut: (cut) => cuts.set(`${cut.list} ${cut.reason}`, cut),
    });
    const run = async () => {
      try {
        // Also where whoever answers does not heed the signal.
        const lists = await Promise.race([fetched, stopped.promise]);
        if (!isSamePerson(asked, person())) throw personChangedMeanwhile();
        for (const { list, reason } of cuts.values()) log.warn('lists-cut', { server, list, reason });
        keep(server, lists);
        return lists;
      } catch (error) {
        throw faultOf(error);
      } finally {
        callOff();
        if (refreshes.get(server) === refresh) refreshes.delete(server);
        // One request may have failed while others are still under way.
        abort.abort();
        responder.end(CONVERSATION.id);
      }
    };
    fetched.catch(() => {});
    stopped.promise.catch(() => {});
    const refresh: Refresh = { answer: run(), stop };
    return refresh;
  };

  personChanged();
  return {
    of: (server) => (isOthers() ? undefined : known.get(server)?.lists),
    fetchedAt: (server) => (isOthers() ? undefined : known.get(server)?.fetchedAt),
    refresh: async (server) => {
      if (isClosed) throw listsClosed();
      if (person() === null) throw nobodySignedIn();
      personChanged();
      const running = refreshes.get(server);
      if (running) return running.answer;
      const responder = ask(server);
      if (!responder) throw noSuchServer(server);
      const refresh = start(server, responder);
      refreshes.set(server, refresh);
      return refresh.answer;
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    personChanged: () => {
      if (!isClosed) personChanged();
    },
    close: async () => {
      if (isClosed) return;
      isClosed = true;
      for (const refresh of [...refreshes.values()]) refresh.stop(listsClosed());
      await writer.close();
    },
  };
}
