import { LanyardError } from '../../shared/errors.ts';
import type { PolicyServer } from '../../shared/policy.ts';
import type { StepUp } from '../../shared/step-up.ts';

/** The server answered 401 to a token that its own AS gave a moment ago. */
export function refusesToken(server: PolicyServer): LanyardError {
  return new LanyardError({
    code: 'server-refuses-token',
    user: `${server.title} does not accept your access. Lanyard tries again later; if it stays, tell your administrator.`,
    administrator: `${server.title} answered 401 to a fresh access token of its own authorization server (${server.url}).`,
    // Time alone rarely mends this, and each try costs a mint: looked at again as slowly as any fault of the set-up.
    recovery: { kind: 'blocked', reason: 'misconfigured' },
  });
}

/** The server asked for its nonce, got it, and asked again (RFC 9449 section 9). The token is not to blame. */
export function refusesProof(server: PolicyServer): LanyardError {
  return new LanyardError({
    code: 'server-refuses-proof',
    user: `${server.title} did not accept this computer's proof of your access. Try again; if it stays, tell your administrator.`,
    administrator: `${server.title} answered 401 use_dpop_nonce again to a DPoP proof with the nonce that it had just given (${server.url}).`,
    recovery: { kind: 'retry' },
  });
}

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

/** The server wants a scope for this call although the token has it. */
export function scopeNotGranted(server: PolicyServer, scopes: readonly string[]): LanyardError {
  const names = scopes.join(' ');
  return new LanyardError({
    code: 'scope-not-granted',
    user: `${server.title} does not allow you this (it asks for ${names}). Ask your administrator if you need it.`,
    administrator: `${server.title} answered 403 insufficient_scope (${names}) also to an access token that was granted that scope (${server.url}).`,
    recovery: { kind: 'blocked', reason: 'denied' },
  });
}

/** The server wants another sign-in for this call (RFC 9470). */
export function wantsStepUp(server: PolicyServer, stepUp: StepUp): LanyardError {
  const { acrValues, maxAgeSeconds } = stepUp;
  const wanted = [
    ...(acrValues === undefined ? [] : [`acr_values "${acrValues}"`]),
    ...(maxAgeSeconds === undefined ? [] : [`max_age ${maxAgeSeconds}`]),
  ];
  return new LanyardError({
    code: 'server-step-up',
    user: `${server.title} needs a stronger or more recent sign-in for this. Open Lanyard and sign in again, or run: lanyard login`,
    administrator: `${server.title} answered 401 insufficient_user_authentication (${wanted.join(', ') || 'without saying what it needs'}; ${server.url}).`,
    recovery: { kind: 'blocked', reason: 'step-up', stepUp },
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
