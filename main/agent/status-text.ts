import type { AgentState } from '../../shared/local-api.ts';
import { STATUS_WORDS } from '../../shared/states.ts';

/** What a person, or a model on the person's behalf, reads of Lanyard's state: several lines of plain words. */
export function statusText({ company, session, servers }: Pick<AgentState, 'company' | 'session' | 'servers'>): string {
  const who =
    session.status === 'signed-in'
      ? `Signed in to ${company.name} as ${session.name ?? session.email ?? session.subject}.`
      : `Nobody is signed in to ${company.name}. Open Lanyard from the tray and sign in, or run: lanyard login`;
  const lines = servers.map(({ title, status, work }) => {
    const cause = work.kind === 'backoff' || work.kind === 'blocked' ? ` ${work.cause.user}` : '';
    return `${title}: ${STATUS_WORDS[status]}.${status === 'ready' || status === 'signed-out' ? '' : cause}`;
  });
  return [who, ...(lines.length > 0 ? lines : ['No server is approved yet.'])].join('\n');
}
