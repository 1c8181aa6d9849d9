import { reasonOf } from '../main/desktop/bridge/words.ts';
import type { ServerView } from '../shared/local-api.ts';
import { lengthText } from './times.ts';

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
