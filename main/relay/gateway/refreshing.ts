import type { Schedule } from '../../../shared/schedule.ts';
import type { Lists } from '../lists/server-lists.ts';

/** Some servers announce a change many times a second: one look at their lists in this time, in ms. */
const REST_MS = 1000;
/**
 * A listening stream that is cut every minute is no reason to read all lists every minute, and there is one for each
 * conversation. In ms.
 */
const MISSED_REST_MS = 5 * 60 * 1000;

/** Brings the last known lists up to date. What fails changes nothing. */
export interface Refreshing {
  /** The server says that its lists changed: they are read now, or soon again where that is under way. */
  changed(server: string): void;
  /** Nobody listened for a while: a change may have been missed. */
  missed(server: string): void;
  stop(): void;
}

/** See {@link Refreshing}. */
export function createRefreshing(lists: Lists, schedule: Schedule): Refreshing {
  /** Servers whose lists are being read, or were just now; and whether they changed again since. */
  const busy = new Map<string, { again: boolean; cancel: () => void }>();
  const missedLately = new Map<string, () => void>();
  const rest = (server: string) => {
    const state = busy.get(server);
    if (!state) return;
    state.cancel = schedule(REST_MS, () => {
      busy.delete(server);
      if (state.again) changed(server);
    });
  };
  const changed = (server: string) => {
    const state = busy.get(server);
    if (state) {
      state.again = true;
      return;
    }
    busy.set(server, { again: false, cancel: () => {} });
    lists.refresh(server).then(
      () => rest(server),
      () => rest(server),
    );
  };
  return {
    changed,
    missed: (server) => {
      if (missedLately.has(server)) return;
      const cancel = schedule(MISSED_REST_MS, () => void missedLately.delete(server));
      missedLately.set(server, cancel);
      changed(server);
    },
    stop: () => {
      for (const { cancel } of busy.values()) cancel();
      for (const cancel of missedLately.values()) cancel();
      busy.clear();
      missedLately.clear();
    },
  };
}
