import type { Problem } from '../../../shared/errors.ts';
import type { AgentState, ServerView } from '../../../shared/local-api.ts';
import type { Desk } from './desk.ts';
import type { Face } from './face.ts';

/** How the person is called: the name if the identity provider gave one. */
export function personName(state: AgentState): string | undefined {
  const { session } = state;
  return session.status === 'signed-in' ? (session.name ?? session.email ?? session.subject) : undefined;
}

/** Whether a server wants a stronger or newer sign-in, be it only for some calls or once its access has ended. */
export function wantsStepUp({ work, signInAsked }: ServerView): boolean {
  return signInAsked !== undefined || (work.kind === 'blocked' && work.reason === 'step-up');
}

/** Whether signing in again would help although somebody is signed in: the session is spent, or not strong enough. */
export function needsNewSignIn({ session, servers }: AgentState): boolean {
  return session.status === 'signed-in' && (session.cause !== undefined || servers.some(wantsStepUp));
}

/** The sentence for the person about a server that is not simply ready. */
export function reasonOf({ status, work, signInAsked }: ServerView): Problem | undefined {
  if (status === 'ready') return signInAsked;
  if (status === 'signed-out') return undefined;
  return work.kind === 'blocked' || work.kind === 'backoff' ? work.cause : undefined;
}

/** Whether "Try again" can change anything: not while it is being tried, and not before somebody signs in. */
export function canRetry({ status }: ServerView): boolean {
  return status === 'retrying' || status === 'denied' || status === 'misconfigured';
}

/** Whether a server wants somebody to do something; an agent that retries by itself does not. */
export function needsAttention(server: ServerView): boolean {
  return wantsStepUp(server) || server.status === 'misconfigured';
}

/** Which app waits for a sign-in, and what for, by their titles; `undefined` where none does. */
export function wantedBy({ signInWanted, clients, servers }: AgentState) {
  if (!signInWanted) return undefined;
  return {
    client: clients.find(({ id }) => id === signInWanted.client)?.title ?? 'An app',
    server: servers.find(({ name }) => name === signInWanted.server)?.title ?? signInWanted.server,
  };
}

/** Which app waits for a sign-in, and for which server; `undefined` while none does, or somebody is signing in. */
export function wantedLine(state: AgentState): string | undefined {
  const wanted = state.signIn?.phase === 'waiting' ? undefined : wantedBy(state);
  return wanted && `${wanted.client} needs you to sign in to use ${wanted.server}`;
}

/**
 * The agent's warnings, as far as they say something to this person: while the demo runs nothing is real, and the demo
 * itself says that nothing is protected.
 */
export function warningsShown({ agent, vault }: AgentState, { demo }: Pick<Desk, 'demo'>): readonly string[] {
  if (demo !== 'running' || vault.keyStore !== 'insecure-file') return agent.warnings;
  return agent.warnings.filter((warning) => !warning.includes('--insecure-file-key'));
}

/** What is the matter with the vault, in a few words; the window has the sentence. */
export function vaultLine({ vault }: AgentState): string | undefined {
  if (vault.status === 'ready') return undefined;
  return vault.status === 'unsaved' ? 'Changes cannot be saved' : 'The keychain is not available';
}

/** The whole in one short line: tooltip, first line of the menu, and what a screen reader hears on a change. */
export function stateLine(face: Face): string {
  if (face.link === 'starting') return 'Starting…';
  if (face.link === 'down')
    return face.problem.code === 'not-set-up' ? 'Not set up on this computer' : "Lanyard's agent is not running";
  const { state } = face;
  if (state.signIn?.phase === 'waiting') return 'Waiting for you to sign in…';
  const person = personName(state);
  if (person === undefined) return 'Signed out';
  const ready = state.servers.filter(({ status }) => status === 'ready').length;
  const { length } = state.servers;
  const line = `${person} · ${ready} of ${length} ${length === 1 ? 'server' : 'servers'} ready`;
  return needsNewSignIn(state) ? `${line} · sign in again` : line;
}
