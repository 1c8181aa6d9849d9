import { LanyardError } from '../../../shared/errors.ts';

/** There is no server of that name to be asked. */
export function noSuchServer(server: string): LanyardError {
  return new LanyardError({
    code: 'lists-no-server',
    user: `There is no server "${server}".`,
    administrator: `The lists of "${server}" were asked for, which the policy does not name.`,
    recovery: { kind: 'blocked', reason: 'misconfigured' },
  });
}

/** Lists belong to a person, and nobody is signed in. */
export function nobodySignedIn(): LanyardError {
  return new LanyardError({
    code: 'signed-out',
    user: 'You are not signed in. Open Lanyard and sign in, or run: lanyard login',
    administrator: 'There is no session: the person has not signed in on this machine.',
    recovery: { kind: 'blocked', reason: 'signed-out' },
  });
}

/** What came belongs to somebody who is not signed in any more. */
export function personChangedMeanwhile(): LanyardError {
  return new LanyardError({
    code: 'lists-person-changed',
    user: 'Somebody else signed in meanwhile. Try again.',
    administrator: 'The lists came for a person who is not signed in any more, and were thrown away.',
    recovery: { kind: 'retry', afterMs: 0 },
  });
}

/** The agent ends. */
export function listsClosed(): LanyardError {
  return new LanyardError({
    code: 'agent-stopping',
    user: 'Lanyard is closing. Start it again.',
    administrator: 'The agent is ending, so no server is asked for its lists any more.',
    recovery: { kind: 'retry' },
  });
}

/** The server took too long over all of its lists. */
export function listsTooSlow(server: string, limitMs: number): LanyardError {
  return new LanyardError({
    code: 'lists-slow',
    user: `${server} takes longer than usual to say what it offers. Try again in a moment.`,
    administrator: `${server} did not give all of its lists within ${limitMs} ms.`,
    recovery: { kind: 'retry' },
  });
}

/** The server answered `method` with an error, or with something that is not its result. */
export function listsUnusable(server: string, method: string, said: string): LanyardError {
  return new LanyardError({
    code: 'lists-unusable',
    user: `${server} does not say what it offers. Try again; if it stays, tell your administrator.`,
    administrator: `${server} answered ${method} with ${said}.`,
    recovery: { kind: 'retry' },
  });
}
