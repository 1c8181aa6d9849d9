import type { RpcNotification } from '../mcp/rpc.ts';

/** Notifications that are kept until somebody hears them. */
const MOST_KEPT = 256;

/** What they may hold together, in characters of JSON: progress and log lines are short. */
const KEPT_LIMIT = 1024 * 1024;

/** Notifications that came while nobody was there to hear them; the oldest go first. */
export interface KeptNotifications {
  add(notification: RpcNotification): void;
  /** Gives them, in order, and keeps none. */
  take(): readonly RpcNotification[];
}

/** See {@link KeptNotifications}. */
export function createKeptNotifications(): KeptNotifications {
  let kept: { readonly notification: RpcNotification; readonly size: number }[] = [];
  let held = 0;
  return {
    add: (notification) => {
      const size = JSON.stringify(notification).length;
      if (size > KEPT_LIMIT) return;
      kept.push({ notification, size });
      held += size;
      while (kept.length > MOST_KEPT || held > KEPT_LIMIT) held -= kept.shift()?.size ?? 0;
    },
    take: () => {
      const taken = kept.map(({ notification }) => notification);
      kept = [];
      held = 0;
      return taken;
    },
  };
}
