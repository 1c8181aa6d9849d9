import {
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import { LanyardError } from '../../shared/errors.ts';
import { type Schedule, systemSchedule } from '../../shared/schedule.ts';
import type { StepUp } from '../../shared/step-up.ts';
import { assertMayLead } from '../egress/addresses.ts';
import type { SessionRecord } from '../vault/contents.ts';
import { demandBound } from './bound-tokens.ts';
import { openCallbackListener } from './callback-listener.ts';
import { identityFault } from './faults.ts';
import { failedPage, PAGES, type Page } from './pages.ts';
import type { IdentityProvider } from './provider.ts';
import { sessionOf } from './session.ts';
import { signInFault } from './sign-in-fault.ts';
import { stepUpParameters } from './step-up.ts';

/**
 * How long the port stays after the sign-in has ended, in ms, and only to say so: a person who comes back to an
 * old tab, or presses reload, should read a sentence and not "connection refused".
 */
const LINGER_MS = 60_000;

/** A sign-in that has begun and waits for the person. */
export interface PendingSignIn {
  /** Where the person signs in. */
  readonly url: string;
  /** Device sign-in only. */
  readonly userCode?: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** Settles once: the session that was begun, or the error with which the sign-in ended. */
  readonly done: Promise<SessionRecord>;
  /** Ends it: `done` rejects with `reason`. Too late once the session begins: then the person is signed in. */
  end(reason: LanyardError): void;
  /** Gives the port back at once, without lingering. */
  close(): Promise<void>;
}

/** What a sign-in works with. */
export interface SignInContext {
  readonly provider: IdentityProvider;
  readonly clock: () => number;
  /** The machine's timers when absent. */
  readonly schedule?: Schedule;
  /** How long the person may take, in ms. */
  readonly lifeMs: number;
  /** Takes over the session; the browser shows success only after it has. */
  readonly begin: (session: SessionRecord) => Promise<void>;
  /** Gets the session of a sign-in that was ended before it began. */
  readonly discard?: ((session: SessionRecord) => void) | undefined;
  /** What this sign-in has to bring beyond the usual. */
  readonly stepUp?: StepUp | undefined;
}

interface Secrets {
  readonly verifier: string;
  readonly state: string;
  readonly nonce: string;
}

/** How a request for the redirect URI is to be taken. */
export type CallbackJudgement = 'over' | 'foreign' | 'answer';

/**
 * Judges a callback by its state alone, before anything of it is used. A forged one must neither end the sign-in
 * that a person is in the middle of nor be told apart from a guess.
 */
export function judgeCallback(parameters: URLSearchParams, expectedState: string, open: boolean): CallbackJudgement {
  if (!open) return 'over';
  const states = parameters.getAll('state');
  return states.length === 1 && states[0] === expectedState ? 'answer' : 'foreign';
}

/**
 * The sign-in page comes from metadata and is handed to the system's browser: never anything but a web page. Looked
 * at before a port is opened for it.
 */
function assertSignInPage(issuer: string, page: string | undefined): void {
  if (page === undefined || !URL.canParse(page))
    throw new LanyardError({
      code: 'idp-metadata',
      user: 'The sign-in service is not set up for signing in with a browser. Tell your administrator.',
      administrator: `The metadata of ${issuer} has no authorization_endpoint that is a URL.`,
      recovery: { kind: 'blocked', reason: 'misconfigured' },
    });
  assertMayLead(new URL(issuer), new URL(page));
}

async function redeem(
  callback: URL,
  { verifier, state, nonce }: Secrets,
  { provider, clock, stepUp }: SignInContext,
): Promise<SessionRecord> {
  try {
    const configuration = await provider.configuration();
    // Checks iss (RFC 9207), state, nonce, and the ID token's claims, auth_time among them where an age was demanded;
    // its signature need not be checked, since it came straight from the token endpoint over TLS (OpenID Connect Core section 3.1.3.7); sends the PKCE verifier.
    const checks = {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
      idTokenExpected: true,
      ...(stepUp?.maxAgeSeconds !== undefined && { maxAge: stepUp.maxAgeSeconds }),
    };
    const tokens = await provider.sendGrant({
      leg: 'code',
      send: (option) => authorizationCodeGrant(configuration, callback, checks, undefined, option),
    });
    return sessionOf(provider.issuer, demandBound(tokens, provider), clock());
  } catch (cause) {
    throw signInFault(provider.issuer, identityFault(provider.issuer, cause, 'code'));
  }
}

/**
 * Starts the authorization code flow in the system browser (RFC 8252, RFC 7636 with S256, RFC 9207). The caller
 * opens `url`.
 *
 * @throws {LanyardError} when the IdP cannot be reached or no port is free.
 */
export async function startBrowserSignIn(context: SignInContext): Promise<PendingSignIn> {
  const { provider, clock, schedule = systemSchedule, lifeMs, begin, discard, stepUp } = context;
  const configuration = await provider.configuration();
  assertSignInPage(provider.issuer, configuration.serverMetadata().authorization_endpoint);
  const secrets = { verifier: randomPKCECodeVerifier(), state: randomState(), nonce: randomNonce() };
  const outcome = Promise.withResolvers<SessionRecord>();
  let open = true;
  let ended: LanyardError | undefined;
  let hasBegun = false;

  const onCallback = async (callback: URL): Promise<Page> => {
    const judgement = judgeCallback(callback.searchParams, secrets.state, open);
    if (judgement !== 'answer') return PAGES[judgement];
    // From here on the code counts as used, also when two browsers bring it at once.
    open = false;
    try {
      const session = await redeem(callback, secrets, context);
      // Cancelled while the code was being redeemed: the person said no, so it is no.
      if (ended) {
        discard?.(session);
        throw ended;
      }
      hasBegun = true;
      await begin(session);
      outcome.resolve(session);
      return PAGES.signedIn;
    } catch (error) {
      outcome.reject(error);
      if (!(error instanceof LanyardError)) return failedPage('Something went wrong. Try to sign in again.');
      return error.code === 'sign-in-cancelled' ? PAGES.cancelled : failedPage(error.user);
    }
  };

  const listener = await openCallbackListener(provider.policy.redirectPorts, onCallback);
  const url = buildAuthorizationUrl(configuration, {
    redirect_uri: listener.redirectUri,
    scope: provider.policy.scopes.join(' '),
    code_challenge: await calculatePKCECodeChallenge(secrets.verifier),
    code_challenge_method: 'S256',
    state: secrets.state,
    nonce: secrets.nonce,
    ...stepUpParameters(stepUp),
  });
  let callOff = () => {};
  let isClosed = false;
  const close = async () => {
    isClosed = true;
    callOff();
    await listener.close();
  };
  const linger = () => {
    open = false;
    if (!isClosed) callOff = schedule(LINGER_MS, () => void close());
  };
  outcome.promise.then(linger, linger);
  return {
    url: url.href,
    expiresAt: clock() + lifeMs,
    done: outcome.promise,
    end: (reason) => {
      if (hasBegun) return;
      open = false;
      ended = reason;
      outcome.reject(reason);
    },
    close,
  };
}
