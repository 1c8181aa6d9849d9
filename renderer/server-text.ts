import { reasonOf } from '../main/desktop/bridge/words.ts';
import type { ServerView } from '../shared/local-api.ts';
import { lengthText } from './times.ts';

/** What a row says on top of its status: never urgent (`quiet`), or something to know soon. */
export interface ServerNote {
  readonly tone: 'quiet' | 'warning';
  readonly text: string;
}

/** From this part of the month's mints on, people see how many there were. */
const MINTS_SHOWN_FROM = 0.5;
/** From this part on the agent mints only for calls (see the policy's `grants`), and people shall know why. */
const MINTS_SCARCE_FROM = 0.8;

/** The quiet line below a server's title: how long access lasts, or why there is none. May be empty. */
export function serverText(server: ServerView, now: number): string {
  const { status, token, work } = server;
  switch (status) {
    case 'ready':
      return token.kind === 'valid' ? `Access for ${lengthText(token.expiresAt - now)}` : 'Access granted';
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
  const used = `Access was asked for ${thisMonth} of ${perMonth} times this month`;
  if (thisMonth >= perMonth) return { tone: 'warning', text: `${used}. There may be no more before next month.` };
  if (thisMonth < MINTS_SCARCE_FROM * perMonth) return { tone: 'quiet', text: `${used}.` };
  return { tone: 'warning', text: `${used}. To save the rest, it is now renewed only when an app needs it.` };
}

/** What will become of access that is still good: a failed renewal never hides it, but it is said. */
export function renewalNote({ status, work }: ServerView): ServerNote | undefined {
  if (status !== 'ready') return undefined;
  if (work.kind === 'backoff') return { tone: 'quiet', text: `Renewing it failed so far: ${work.cause.user}` };
  // "signed-out" is said once, above, for all of them.
  if (work.kind !== 'blocked' || work.reason === 'signed-out') return undefined;
  return { tone: 'warning', text: `It will not be renewed: ${work.cause.user}` };
}
