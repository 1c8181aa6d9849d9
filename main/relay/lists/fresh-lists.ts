import type { Schedule } from '../../../shared/schedule.ts';
import type { Responder } from '../mcp/responder.ts';
import { personChanged } from '../server-faults.ts';
import type { OpenLists } from './lists.ts';

/** Lists older than this are asked for again with the next conversation, in ms; those who listen hear of changes anyway. */
const OLD_MS = 24 * 60 * 60 * 1000;

/** A client that has just listed tools shows them for the day; ours should be as new as that, in ms. */
const USED_OLD_MS = 60 * 60 * 1000;

/**
 * How long the first lists of servers that were never asked are waited for, in ms: some clients list once and never
 * again, and the most impatient give up after five seconds.
 */
const FIRST_LISTS_MS = 2_500;

/** A server that gave no lists is not asked again before this, in ms. */
const ASK_AGAIN_MS = 60_000;

/** So many servers are asked at a time. */
const AT_A_TIME = 6;

/** What keeping lists fresh works with. */
export interface FreshListsContext {
  readonly lists: Pick<OpenLists, 'fetchedAt' | 'refresh'>;
  /** Servers that can be asked now. */
  readonly names: () => readonly string[];
  readonly clock: () => number;
  readonly schedule: Schedule;
}

/** Asks servers for their lists when somebody wants them; a company's servers are not asked for nobody. */
export interface FreshLists {
  /** The same responder, whose use is wanting lists. */
  over(responder: Responder): Responder;
  /** More servers can be asked than before. */
  look(): void;
  /** Asks one server, if its lists are not of this hour. */
  use(server: string): void;
  /** Another person is there: everything is to be asked anew. */
  reset(): void;
}

/** See {@link FreshLists}. */
export function createFreshLists({ lists, names, clock, schedule }: FreshListsContext): FreshLists {
  let isWanted = false;
  let resets = 0;
  let waiting: Promise<void> | undefined;
  // Servers whose first lists were waited for: once is enough, a server that hangs must not delay every list.
  const waitedFor = new Set<string>();
  const askedAt = new Map<string, number>();
  const after = (ms: number) => new Promise<void>((resolve) => void schedule(ms, resolve));

  const refresh = async (wanted: readonly string[]): Promise<void> => {
    const rest = [...wanted];
    const ask = async (): Promise<void> => {
      const name = rest.shift();
      if (name === undefined) return;
      askedAt.set(name, clock());
      // Whoever hangs gives its turn to the next.
      await Promise.race([lists.refresh(name).catch(() => {}), after(FIRST_LISTS_MS)]);
      return ask();
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, ask));
  };
  const isDue = (name: string) => clock() - (askedAt.get(name) ?? Number.NEGATIVE_INFINITY) > ASK_AGAIN_MS;
  const look = () => {
    const known = isWanted ? names() : [];
    const first = known.filter((name) => lists.fetchedAt(name) === undefined);
    const old = known.filter((name) => clock() - (lists.fetchedAt(name) ?? clock()) > OLD_MS);
    return { first, done: refresh([...first, ...old].filter(isDue)) };
  };
  const firstLists = (): Promise<void> => {
    isWanted = true;
    const { first, done } = look();
    const unseen = first.filter((name) => !waitedFor.has(name));
    for (const name of unseen) waitedFor.add(name);
    if (unseen.length > 0) {
      const mine = Promise.race([done, after(FIRST_LISTS_MS)]).then(() => {
        if (waiting === mine) waiting = undefined;
      });
      waiting = mine;
    }
    return waiting ?? Promise.resolve();
  };
  return {
    use: (server) => {
      const at = lists.fetchedAt(server);
      if (at === undefined || clock() - at > USED_OLD_MS) lists.refresh(server).catch(() => {});
    },
    look: () => void look(),
    reset: () => {
      resets += 1;
      waitedFor.clear();
      askedAt.clear();
    },
    over: (responder) => ({
      answer: async (request, exchange) => {
        const before = resets;
        if (!isWanted || request.method.endsWith('/list')) await firstLists();
        if (resets !== before && !request.method.endsWith('/list')) throw personChanged();
        return responder.answer(request, exchange);
      },
      end: responder.end,
      reset: responder.reset,
    }),
  };
}
