/** Most that is kept for clients that may come back for it, in characters and events, for all of them together. */
const KEPT_LIMIT_CHARACTERS = 16 * 1024 * 1024;
const KEPT_LIMIT = 10_000;

/** One event that was sent, or would have been. */
export interface KeptEvent {
  readonly number: number;
  readonly text: string;
}

/** The events of one stream, oldest first. */
export interface EventLog {
  readonly events: readonly KeptEvent[];
  add(text: string): KeptEvent;
  /** Forgets all of them. */
  clear(): void;
}

/** Holds the events of many streams within one limit: the oldest of the client go first that has the most kept. */
export interface KeptEvents {
  openLog(client: string): EventLog;
}

/** What is kept for one client. */
interface Account {
  // Insertion order is age. Every entry takes the oldest event of its own stream along.
  readonly held: Map<KeptEvent, () => void>;
  characters: number;
}

/** See {@link KeptEvents}. Limits in characters and events. */
export function createKeptEvents(limitCharacters = KEPT_LIMIT_CHARACTERS, limit = KEPT_LIMIT): KeptEvents {
  // Those without events are not there.
  const accounts = new Map<string, Account>();
  let characters = 0;
  let count = 0;

  const accountOf = (client: string): Account => {
    const account = accounts.get(client) ?? { held: new Map(), characters: 0 };
    accounts.set(client, account);
    return account;
  };
  const release = (client: string, event: KeptEvent) => {
    const account = accounts.get(client);
    if (!account?.held.delete(event)) return;
    account.characters -= event.text.length;
    characters -= event.text.length;
    count -= 1;
    if (account.held.size === 0) accounts.delete(client);
  };
  const evict = () => {
    while (characters > limitCharacters || count > limit) {
      const sizeOf = (account: Account) => (characters > limitCharacters ? account.characters : account.held.size);
      const [largest] = [...accounts].sort(([, one], [, other]) => sizeOf(other) - sizeOf(one));
      const [oldest] = largest?.[1].held ?? [];
      if (!largest || !oldest) return;
      const [event, drop] = oldest;
      release(largest[0], event);
      drop();
    }
  };
  return {
    openLog: (client) => {
      const events: KeptEvent[] = [];
      let number = 0;
      return {
        events,
        add: (text) => {
          number += 1;
          const event = { number, text };
          events.push(event);
          const account = accountOf(client);
          account.held.set(event, () => events.shift());
          account.characters += text.length;
          characters += text.length;
          count += 1;
          evict();
          return event;
        },
        clear: () => {
          for (const event of events) release(client, event);
          events.length = 0;
        },
      };
    },
  };
}
