import type { Bridge, Channel, Invocations } from '../main/desktop/bridge/channels.ts';

declare global {
  interface Window {
    readonly lanyard: Bridge;
  }
}

/** Asks the main process for an act. Its failure comes back as the next showing's notice. */
export function ask<C extends Channel>(channel: C, payload: Invocations[C]['payload']): void {
  void window.lanyard.invoke(channel, payload);
}
