import { reasonOf } from '../../main/desktop/bridge/words.ts';
import type { ServerView } from '../../shared/local-api.ts';
import { countText } from '../counts.ts';
import { lengthText } from '../times.ts';

/** What a row says on top of its status: never urgent (`quiet`), or something to know soon. */
export interface ServerNote {
  readonly tone: 'quiet' | 'warning';
  readonly text: string;
}

/** From this part of the month's mints on, people see how many there were. */
const MINTS_SHOWN_FROM = 0.5;
/** From this part on it is a warning: the agent then saves mints, and says so among its own warnings. */
const MINTS_SCARCE_FROM = 0.8;

/** Whether nothing keeps access from being renewed; what does is said in a note of its own. */
const isRenewed = ({ work, signInAsked }: ServerView) =>
  signInAsked === undefined && (work.kind === 'idle' || work.kind === 'minting');

/** The quiet line below a server's title: that there is access, or why there is none. May be empty. */
export function serverText(server: ServerView, now: number): string {
  const { status, work } = server;
  switch (status) {
    case 'ready':
      return [
        ...(isRenewed(server) ? ['Renewed by itself'] : []),
        ...(server.use && server.use.callsToday > 0 ? [`${countText(server.use.callsToday, 'call')} today`] : []),
      ].join(' · ');
    case 'idle':
      return 'Connects when an app uses it';
    case 'connecting':
      return 'Asking for access…';
    // Said once, above, for all of them.
    case 'signed-out':
      return '';
    case 'retrying': {
      const next = work.kind === 'backoff' && work.until > now ? ` Next try in ${lengthText(work.until - now)}.` : '';
      return `${reasonOf(server)?.user ?? 'No answer yet.'}${next}`;
    }
    default:
      return reasonOf(server)?.user ?? '';
  }
}

/** How much of this month's mints is used; `undefined` while that matters to nobody. */
export function mintNote({ mints: { thisMonth, perMonth } }: ServerView): ServerNote | undefined {
  if (thisMonth < MINTS_SHOWN_FROM * perMonth) return undefined;
  const tone = thisMonth < MINTS_SCARCE_FROM * perMonth ? 'quiet' : 'warning';
  return { tone, text: `${thisMonth} of this month's ${perMonth} renewals are used.` };
}

/**
 * What limits access that is still good. A failed renewal or a wish for a stronger sign-in never hides it, but it is
 * said.
 */
export function accessNote({ status, work, signInAsked }: ServerView): ServerNote | undefined {
  if (status !== 'ready') return undefined;
  if (signInAsked) return { tone: 'warning', text: signInAsked.user };
  if (work.kind === 'backoff') return { tone: 'quiet', text: `Renewing it failed so far: ${work.cause.user}` };
  // "signed-out" is said once, above, for all of them.
  if (work.kind !== 'blocked' || work.reason === 'signed-out') return undefined;
  return { tone: 'warning', text: `It will not be renewed: ${work.cause.user}` };
}
