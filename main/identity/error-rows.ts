import type { BlockedReason } from '../../shared/states.ts';

/**
 * Where an OAuth error can come from: the four ways of asking the IdP for a session (`authorization`: the redirect back
 * to us), the two legs of a mint, the sign-out, and the server itself, by its challenge.
 */
export type ErrorLeg =
  | 'authorization'
  | 'device'
  | 'code'
  | 'refresh'
  | 'token-exchange'
  | 'jwt-bearer'
  | 'revocation'
  | 'server';

/**
 * What is done about an error before it counts. `mint-anew`: the token is dropped and another one minted.
 * `renew-subject-token`: the exchange is sent once more with a new one. `fresh-id-jag-once`: both legs once more, with
 * metadata read anew. `prove`: once more with a proof, where policy leaves that open and none was sent (RFC 9449
 * section 5). `retry-with-nonce`: once more with the nonce that came along (RFC 9449 section 8). `widen-scope`:
 * another mint with the scopes that the server names. `step-up`: what the sign-in has to bring is passed on.
 * `end-session`: the session is over, and with it everything that came from it.
 */
export type Behaviour =
  | 'none'
  | 'renew-subject-token'
  | 'fresh-id-jag-once'
  | 'prove'
  | 'retry-with-nonce'
  | 'step-up'
  | 'mint-anew'
  | 'widen-scope'
  | 'end-session';

/**
 * What one error means. The sentences may hold `{title}` (of the server), `{issuer}` and `{host}` of who answered,
 * `{status}`, `{error}`, `{description}` (empty, or ": " and what the other side says of it), `{scope}` that it asks
 * for, and `{demand}`: what it wants the next sign-in to bring.
 */
export interface ErrorRow {
  /** `retry`: time mends it. Else whose turn it is. */
  readonly recovery: 'retry' | BlockedReason;
  readonly behaviour: Behaviour;
  readonly user: string;
  readonly administrator: string;
  /** Where it is not the leg's prefix and the error. */
  readonly code?: string;
}

/** How each party's answer begins the administrator's sentence. */
export const RETURNED = '{host} returned {error}{description}.';
export const ANSWERED = '{host} answered HTTP {status} {error}{description}.';
export const AT_IDP = '{title}: the identity provider {issuer} answered HTTP {status} {error}{description}.';
export const AT_AS = '{title}: the authorization server {issuer} answered HTTP {status} {error}{description}.';
export const AT_SERVER = '{title}: the server {issuer} answered HTTP {status} {error}{description}.';

export const SIGN_IN_AGAIN = 'Your sign-in is no longer accepted. Open Lanyard and sign in again.';
const NOT_SET_UP = '{title} is not set up for Lanyard yet. Your administrator has to finish it.';
export const STEP_UP = '{title} needs a stronger or more recent sign-in. Sign in again.';
export const KEEPS_TRYING = '{title} cannot be reached at the moment. Lanyard keeps trying.';

export const IDP_REFUSED = 'The sign-in service refused. Try to sign in again; if it stays, tell your administrator.';
const IDP_UNFIT = 'The company policy on this computer does not fit the sign-in service. Tell your administrator.';
export const IDP_PASSING = '{host} has a problem at the moment. Try again in a while.';

export const CHECK_CLIENT = 'Check clientId and authentication of identityProvider in the policy.';
export const CHECK_CLOCK = "The machine's clock may be wrong, or the algorithm ES256 is not allowed there.";

/** The person's turn: another sign-in. */
export const signIn = (said: string, advice: string, user: string = IDP_REFUSED): ErrorRow => ({
  recovery: 'signed-out',
  behaviour: 'none',
  user,
  administrator: `${said} ${advice}`,
});
/** The administrator's turn: our registration at the IdP, or what policy says of it. */
export const idpSetup = (said: string, advice: string, code?: string): ErrorRow => ({
  recovery: 'misconfigured',
  behaviour: 'none',
  user: IDP_UNFIT,
  administrator: `${said} ${advice}`,
  ...(code !== undefined && { code }),
});
/** The administrator's turn: one server's set-up. */
export const serverSetup = (said: string, advice: string, behaviour: Behaviour = 'none'): ErrorRow => ({
  recovery: 'misconfigured',
  behaviour,
  user: NOT_SET_UP,
  administrator: `${said} ${advice}`,
});
/**
 * The administrator's turn: a server that takes no token of ours. Time alone rarely mends this, and each try costs a
 * mint: looked at again as slowly as any fault of the set-up.
 */
export const refusedToken = (advice: string): ErrorRow => ({
  ...serverSetup(AT_SERVER, advice, 'mint-anew'),
  code: 'server-refuses-token',
  user: '{title} does not accept your access. Lanyard tries again later; if it stays, tell your administrator.',
});
/** Nobody's turn. */
export const passing = (said: string, user: string, behaviour: Behaviour = 'none'): ErrorRow => ({
  recovery: 'retry',
  behaviour,
  user,
  administrator: `${said} It passes by itself; Lanyard tries again.`,
});
/** The person's turn: a sign-in that brings more. */
export const stepUp = (said: string, user: string): ErrorRow => ({
  recovery: 'step-up',
  behaviour: 'step-up',
  user,
  administrator: `${said} The person has to sign in with {demand}.`,
});

/** Rows by error. */
export type Rows = Readonly<Record<string, ErrorRow>>;
