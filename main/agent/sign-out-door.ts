import type { Schedule } from '../../shared/schedule.ts';
import { type EndSessionDoor, openEndSessionDoor } from '../identity/end-session-door.ts';
import type { EndSession } from '../identity/session-owner.ts';

/** The way by which a browser may end the IdP's session; at most one at a time. */
export interface SignOutDoor {
  /** Gives the address to open. */
  open(endSession: EndSession): Promise<string>;
  close(): Promise<void>;
}

/** See {@link SignOutDoor}. */
export function createSignOutDoor(schedule: Schedule): SignOutDoor {
  let door: EndSessionDoor | undefined;
  const close = async () => {
    await door?.close();
    door = undefined;
  };
  return {
    open: async (endSession) => {
      await close();
      door = await openEndSessionDoor(endSession, { schedule });
      return door.url;
    },
    close,
  };
}
