import { wantsStepUp } from '../../main/desktop/bridge/words.ts';
import type { ServerView } from '../../shared/local-api.ts';

/** Whose turn it is with a server that is not simply ready, in a sentence; `undefined` where nobody has to do anything. */
export function turnText(server: ServerView): string | undefined {
  if (wantsStepUp(server)) return 'Yours: sign in again, and it goes on by itself.';
  switch (server.status) {
    case 'denied':
      return "Your administrator's: they decide who may use this server.";
    case 'misconfigured':
      return "Your administrator's: something has to be mended on their side.";
    case 'retrying':
      return "Nobody's: Lanyard tries again by itself.";
    case 'signed-out':
      return 'Yours: sign in once, and every server follows.';
    default:
      return undefined;
  }
}

/** Whether somebody decided, or nobody yet, that this person gets none of the servers. */
export function isNothingGiven(servers: readonly ServerView[]): boolean {
  return servers.length > 0 && servers.every(({ status }) => status === 'denied');
}

/** What a person can send to the administrator who has no server at all; one fact on each line. */
export function requestAllText(servers: readonly ServerView[], person: string | undefined): string {
  const reasonCode = ({ work }: ServerView) => (work.kind === 'blocked' ? ` (${work.cause.code})` : '');
  return [
    `Please give me access to ${servers.length === 1 ? 'this server' : 'these servers'}. I have none yet.`,
    `Person: ${person ?? 'signed out'}`,
    ...servers.map((server) => `Server: ${server.name}, ${server.url}${reasonCode(server)}`),
  ].join('\n');
}

/** What a person can send to the administrator about a server that they cannot use; one fact on each line. */
export function requestText(server: ServerView, person: string | undefined): string | undefined {
  const { work, status } = server;
  if (work.kind !== 'blocked' || (status !== 'denied' && status !== 'misconfigured')) return undefined;
  const wish =
    status === 'denied' ? `Please give me access to ${server.title}.` : `${server.title} does not work for me.`;
  return [
    wish,
    `Person: ${person ?? 'signed out'}`,
    `Server: ${server.name}, ${server.url}`,
    ...(server.scopes.length > 0 ? [`Scopes: ${server.scopes.join(' ')}`] : []),
    `What Lanyard says: ${work.cause.administrator} (${work.cause.code})`,
  ].join('\n');
}
