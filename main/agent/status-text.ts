import type { AgentState } from '../../shared/local-api.ts';
import { type ServerStatus, STATUS_WORDS } from '../../shared/states.ts';

/** What a sign-in helps against. */
const HELPED_BY_SIGN_IN: readonly ServerStatus[] = ['signed-out', 'step-up'];

// Some clients list the tools of a conversation once, at its beginning.
const AFTER_SIGN_IN =
  'After that the tools can be used. They appear by themselves; an app that still does not show them needs a new conversation.';

/**
 * What a person, or a model on the person's behalf, reads of Lanyard's state: several lines of plain words.
 *
 * @param signInUrl gives the address of this machine that starts a sign-in; asked only where one helps.
 */
export function statusText(
  { company, session, servers }: Pick<AgentState, 'company' | 'session' | 'servers'>,
  signInUrl: () => string | undefined = () => undefined,
): string {
  const isSignedIn = session.status === 'signed-in';
  const who = isSignedIn
    ? `Signed in to ${company.name} as ${session.name ?? session.email ?? session.subject}.`
    : `Nobody is signed in to ${company.name}. Open Lanyard from the tray and sign in, or run: lanyard login.`;
  const helps = !isSignedIn || servers.some(({ status }) => HELPED_BY_SIGN_IN.includes(status));
  const url = helps ? signInUrl() : undefined;
  const signIn = [...(url === undefined ? [] : [`This address starts the sign-in: ${url}`]), AFTER_SIGN_IN];
  const lines = servers.map(({ title, status, work }) => {
    const cause = work.kind === 'backoff' || work.kind === 'blocked' ? ` ${work.cause.user}` : '';
    return `${title}: ${STATUS_WORDS[status]}.${status === 'ready' || status === 'signed-out' ? '' : cause}`;
  });
  return [who, ...(helps ? signIn : []), ...(lines.length > 0 ? lines : ['No server is approved yet.'])].join('\n');
}
