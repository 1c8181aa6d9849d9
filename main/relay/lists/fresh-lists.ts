import type { Schedule } from '../../../shared/schedule.ts';
import type { Responder } from '../mcp/responder.ts';
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
  /** Asks one server, if its lists are not of today. */
  use(server: string): void;
}

/** See {@link FreshLists}. */
export function createFreshLists({ lists, names, clock, schedule }: FreshListsContext): FreshLists {
  let isWanted = false;
  const refresh = async (wanted: readonly string[]): Promise<void> => {
    const rest = [...wanted];
    const ask = async (): Promise<void> => {
      const name = rest.shift();
      if (name === undefined) return;
      await lists.refresh(name).catch(() => {});
      return ask();
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, ask));
  };
  const look = () => {
    if (!isWanted) return { first: [] as readonly string[], done: Promise.resolve() };
    const known = names();
    const first = known.filter((name) => lists.fetchedAt(name) === undefined);
    const old = known.filter((name) => clock() - (lists.fetchedAt(name) ?? 0) > OLD_MS && !first.includes(name));
    return { first, done: refresh([...first, ...old]) };
  };
  const firstLists = async (): Promise<void> => {
    isWanted = true;
    const { first, done } = look();
    if (first.length === 0) return;
    await Promise.race([done, new Promise<void>((resolve) => void schedule(FIRST_LISTS_MS, resolve))]);
  };
  return {
    use: (server) => {
      const at = lists.fetchedAt(server);
      if (at === undefined || clock() - at > USED_OLD_MS) lists.refresh(server).catch(() => {});
    },
    look: () => void look(),
    over: (responder) => ({
      answer: async (request, exchange) => {
        if (!isWanted || request.method.endsWith('/list')) await firstLists();
        return responder.answer(request, exchange);
      },
      end: responder.end,
      reset: responder.reset,
    }),
  };
}
