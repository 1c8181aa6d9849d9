import { randomBytes } from 'node:crypto';
import { LanyardError } from '../../shared/errors.ts';
import { type Schedule, systemSchedule } from '../../shared/schedule.ts';
import { endSessionPage } from './end-session-page.ts';
import { answerWith, openPageServer } from './page-server.ts';
import { PAGES } from './pages.ts';
import type { EndSession } from './sign-out.ts';

/** How long the door is open, in ms: a browser that has to start first needs seconds, and nobody is waited for. */
const DOOR_LIFE_MS = 60_000;

/** Beyond guessing, in bytes: whoever knows the address gets the ID token, once. */
const ADDRESS_BYTES = 32;

/** A way for this machine's browser to end the IdP's session. */
export interface EndSessionDoor {
  /** Works once, and for a minute; holds no secret that outlives that. */
  readonly url: string;
  /** Frees the port at once; harmless when it is free already. */
  close(): Promise<void>;
}

/**
 * Opens a door on a loopback port. The first visit gets the page that ends the session; later ones read that it is
 * over. The port is given back after a minute in any case.
 *
 * @throws {LanyardError} `sign-out-port`; the person is signed out on this machine all the same.
 */
export async function openEndSessionDoor(
  endSession: EndSession,
  { schedule = systemSchedule }: { readonly schedule?: Schedule } = {},
): Promise<EndSessionDoor> {
  const path = `/sign-out/${randomBytes(ADDRESS_BYTES).toString('base64url')}`;
  let waiting: EndSession | undefined = endSession;
  const server = await openPageServer([], async ({ pathname }) => {
    if (pathname !== path) return answerWith(PAGES.notFound);
    const now = waiting;
    waiting = undefined;
    return now ? endSessionPage(now, randomBytes(16).toString('base64url')) : answerWith(PAGES.signOutOver);
  });
  if (!server)
    throw new LanyardError({
      code: 'sign-out-port',
      user: 'You are signed out on this computer, but your browser may still be signed in. Sign out there yourself.',
      administrator: 'No port of this machine was free for the page that ends the session at the identity provider.',
    });
  const close = async () => {
    callOff();
    waiting = undefined;
    await server.close();
  };
  const callOff = schedule(DOOR_LIFE_MS, () => void close());
  return { url: `${server.origin}${path}`, close };
}
