import { randomBytes } from 'node:crypto';
import { LanyardError, problemOf } from '../../shared/errors.ts';
import { answerWith, type PageAnswer } from '../identity/page-server.ts';
import { failedPage, PAGES } from '../identity/pages.ts';
import type { DoorAnswer } from '../relay/door.ts';

/** Path of the relay under which the addresses are. */
export const SIGN_IN_PATH = '/sign-in/';

/** Beyond guessing, in bytes. */
const ADDRESS_BYTES = 24;

/** An address that a person was shown may be opened for so long, in ms: as long as a sign-in may take. */
const ADDRESS_LIFE_MS = 10 * 60 * 1000;

/** Answers that follow each other closely show the same address, in ms: calls in a loop make ten good ones at most. */
const SAME_ADDRESS_MS = 60 * 1000;

/** What the door works with. */
export interface SignInDoorContext {
  /** `http://127.0.0.1:<port>` of the relay. */
  readonly origin: () => string;
  /** Begins a sign-in in the browser; gives the address at the IdP. */
  readonly start: () => Promise<{ readonly url: string }>;
  readonly clock: () => number;
}

/**
 * Addresses of this machine that begin a sign-in when a browser opens one. Clients show them to people: unlike the
 * IdP's address they say nothing, work once, and leave it to the click when the sign-in begins. Whoever gets hold of
 * one can begin a sign-in, as any program of this person can by the command line, and nothing more.
 */
export interface SignInDoor {
  /** An address that works now. */
  url(): string;
  /** Answers a visit; `undefined` for a path that is not under {@link SIGN_IN_PATH}. */
  visit(path: string): Promise<DoorAnswer> | undefined;
}

const page = ({ status, headers, html }: PageAnswer): DoorAnswer => ({ status, headers, body: html });

/** See {@link SignInDoor}. */
export function createSignInDoor({ origin, start, clock }: SignInDoorContext): SignInDoor {
  const madeAt = new Map<string, number>();
  const forget = () => {
    for (const [id, at] of madeAt) if (clock() - at > ADDRESS_LIFE_MS) madeAt.delete(id);
  };
  const open = async (id: string): Promise<DoorAnswer> => {
    forget();
    if (!madeAt.delete(id)) return page(answerWith(PAGES.signInAddressOver));
    try {
      const { url } = await start();
      return {
        status: 302,
        headers: { location: url, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' },
        body: '',
      };
    } catch (error) {
      const { user } = error instanceof LanyardError ? error : problemOf(error);
      return page(answerWith(failedPage(user)));
    }
  };
  return {
    url: () => {
      const [newest] = [...madeAt].reverse();
      if (newest && clock() - newest[1] < SAME_ADDRESS_MS) return `${origin()}${SIGN_IN_PATH}${newest[0]}`;
      const id = randomBytes(ADDRESS_BYTES).toString('base64url');
      madeAt.set(id, clock());
      forget();
      return `${origin()}${SIGN_IN_PATH}${id}`;
    },
    visit: (path) => (path.startsWith(SIGN_IN_PATH) ? open(path.slice(SIGN_IN_PATH.length)) : undefined),
  };
}
