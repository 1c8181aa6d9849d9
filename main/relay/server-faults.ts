import { LanyardError } from '../../shared/errors.ts';
import type { PolicyServer } from '../../shared/policy.ts';

/** A client would follow, with its local key and this message: to another server of the company, or off the machine. */
export function redirects(server: PolicyServer): LanyardError {
  return new LanyardError({
    code: 'server-redirects',
    user: `${server.title} sent this call elsewhere, which Lanyard does not follow. Tell your administrator.`,
    administrator: `${server.title} answered with a redirect. The policy must name the address where it really is (now ${server.url}).`,
    recovery: { kind: 'blocked', reason: 'misconfigured' },
  });
}

/** What kept the call from its answer is mended, but it cannot be sent again by us. */
export function notReplayed(server: PolicyServer): LanyardError {
  return new LanyardError({
    code: 'not-replayed',
    user: `Your access to ${server.title} had to be renewed, and this message could not be sent again by itself. Send it once more.`,
    administrator: `${server.title} wants another access token or proof for this call; a request body that streams is not replayed, and no request more than twice.`,
    recovery: { kind: 'retry', afterMs: 0 },
  });
}

/** Whose call it was is gone. */
export function callEnded(): LanyardError {
  return new LanyardError({
    code: 'call-ended',
    user: 'The person who was signed in is not any more, so this call was ended. Try again.',
    administrator: 'The call was ended because its person signed out or somebody else signed in.',
    recovery: { kind: 'blocked', reason: 'signed-out' },
  });
}

/** Whose call it was is gone, and it has not been made. */
export function personChanged(): LanyardError {
  return new LanyardError({
    code: 'person-changed',
    user: 'Somebody else has signed in meanwhile, so this call was not made. Make it again.',
    administrator: 'A call that was waiting was not made, since another person than the one who began it is signed in.',
    recovery: { kind: 'retry', afterMs: 0 },
  });
}
