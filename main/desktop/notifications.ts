import type { AgentState, ServerView } from '../../shared/local-api.ts';
import { PRODUCT } from '../../shared/product.ts';
import { reasonOf, wantedLine, wantsStepUp } from './bridge/words.ts';

/** What the person is told while they look elsewhere. */
export interface News {
  /** The same cause has the same key. */
  readonly key: string;
  readonly title: string;
  readonly body: string;
  /** What a click on it does. */
  readonly click: 'sign-in' | 'restart-agent';
}

/** An agent that stays away; see the notifier for how long that is. */
export const AGENT_DOWN: News = {
  key: 'agent-down',
  title: `${PRODUCT.name}'s agent is not running`,
  body: 'Your apps cannot reach their servers. Click to start it again.',
  click: 'restart-agent',
};

const stepUpKey = (server: string) => `step-up ${server}`;

function sessionEnded(before: AgentState, after: AgentState): News[] {
  // Who signed out has no cause to be told of.
  const { cause } = after.session;
  if (!cause || before.session.cause) return [];
  return [
    {
      key: 'session-ended',
      title: `Your session at ${after.company.name} has ended`,
      body: `${cause.user} Click to sign in.`,
      click: 'sign-in',
    },
  ];
}

function signInWanted(before: AgentState, after: AgentState): News[] {
  const { signInWanted: wanted } = after;
  const title = wantedLine(after);
  // One that replaces another while nobody has signed in says nothing new.
  if (!wanted || title === undefined || before.signInWanted) return [];
  const server = after.servers.find(({ name }) => name === wanted.server);
  return [
    {
      key: server && wantsStepUp(server) ? stepUpKey(server.name) : 'sign-in-wanted',
      title,
      body: `Click to sign in at ${after.company.name}.`,
      click: 'sign-in',
    },
  ];
}

function stepUps(before: AgentState, after: AgentState): News[] {
  const isNew = (server: ServerView) => {
    const earlier = before.servers.find(({ name }) => name === server.name);
    return wantsStepUp(server) && !(earlier && wantsStepUp(earlier));
  };
  const [first, ...others] = after.session.status === 'signed-in' ? after.servers.filter(isNew) : [];
  if (!first) return [];
  const title =
    others.length === 0
      ? `${first.title} asks you to sign in again`
      : `${first.title} and ${others.length} more ask you to sign in again`;
  return [
    {
      key: stepUpKey(first.name),
      title,
      body: `${reasonOf(first)?.user ?? ''} Click to sign in.`.trim(),
      click: 'sign-in',
    },
  ];
}

/**
 * What is worth a notification between two states, at most one, the one that says most first: a sign-in that an app
 * waits for, a session that has ended, a server that wants a stronger sign-in. Nothing while a sign-in is under way,
 * since the person is at it.
 */
export function newsBetween(before: AgentState, after: AgentState): News | undefined {
  if (after.signIn?.phase === 'waiting') return undefined;
  return [...signInWanted(before, after), ...sessionEnded(before, after), ...stepUps(before, after)].at(0);
}

/** Whether a sign-in succeeded between two states. */
export function hasSignedIn(before: AgentState, after: AgentState): boolean {
  const { signIn } = after;
  if (signIn?.phase !== 'succeeded') return false;
  return before.signIn?.phase !== 'succeeded' || before.signIn.attempt !== signIn.attempt;
}
