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

/** Holds the events of many streams within one limit: the oldest go first, whosesoever they are. */
export interface KeptEvents {
  openLog(): EventLog;
}

/** See {@link KeptEvents}. Limits in characters and events. */
export function createKeptEvents(limitCharacters = KEPT_LIMIT_CHARACTERS, limit = KEPT_LIMIT): KeptEvents {
  // Insertion order is age. Every entry takes the oldest event of its own stream along.
  const held = new Map<KeptEvent, () => void>();
  let characters = 0;
  const release = (event: KeptEvent) => {
    if (held.delete(event)) characters -= event.text.length;
  };
  const evict = () => {
    for (const [event, drop] of held) {
      if (characters <= limitCharacters && held.size <= limit) return;
      release(event);
      drop();
    }
  };
  return {
    openLog: () => {
      const events: KeptEvent[] = [];
      let number = 0;
      return {
        events,
        add: (text) => {
          number += 1;
          const event = { number, text };
          events.push(event);
          held.set(event, () => events.shift());
          characters += text.length;
          evict();
          return event;
        },
        clear: () => {
          for (const event of events) release(event);
          events.length = 0;
        },
      };
    },
  };
}
