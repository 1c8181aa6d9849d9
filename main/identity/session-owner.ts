import { refreshTokenGrant, tokenRevocation } from 'openid-client';
import { LanyardError, type Problem } from '../../shared/errors.ts';
import type { Log } from '../journal/log.ts';
import type { SessionRecord } from '../vault/contents.ts';
import type { Vault } from '../vault/vault.ts';
import { identityFault } from './faults.ts';
import type { IdentityProvider } from './provider.ts';
import { renewSession } from './session.ts';

/** An ID token must live this much longer to be used, in ms: the IdP checks it a moment later, on its own clock. */
const ID_TOKEN_MARGIN_MS = 60_000;

/** The sole owner of the session: nobody else renews, replaces or ends it. */
export interface SessionOwner {
  readonly current: SessionRecord | null;
  /** Why only signing in again helps: the session is gone, or it gives no ID token any more. */
  readonly endedBy: Problem | undefined;
  /**
   * The session with an ID token that is good for a token exchange now; renewed with the refresh token where the
   * old one is about to end, or is the one that the IdP `rejected`. Any number of callers share one renewal.
   * Without one, tokens that other servers gave stay good: a session that cannot be renewed takes away nothing.
   *
   * @throws {LanyardError} `signed-out`, `session-ended` (sign in again); network faults (retry).
   */
  fresh(rejected?: string): Promise<SessionRecord>;
  /**
   * The IdP refused this session although its ID token is new: from now on the state says that the person has to sign
   * in again. A session that is not the present one any more is passed over.
   */
  refused(session: SessionRecord, error: LanyardError): void;
  /** Takes over a new session. Whatever was kept for another person is dropped. */
  begin(session: SessionRecord): Promise<void>;
  /** Ends the session: revoked at the IdP as far as it can be reached, erased here in any case. */
  end(): Promise<void>;
}

/** What the owner works with. */
export interface SessionOwnerContext {
  readonly vault: Vault;
  readonly provider: IdentityProvider;
  readonly clock: () => number;
  readonly log: Log;
  /** Called after every change of who is signed in. */
  readonly onChange: () => void;
  /** Called when the IdP ended the session: every grant that came from it has to go. */
  readonly onLost: () => void;
}

/** Nobody is signed in. */
export function signedOut(): LanyardError {
  return new LanyardError({
    code: 'signed-out',
    user: 'You are not signed in. Open Lanyard and sign in, or run: lanyard login',
    administrator: 'There is no session: the person has not signed in on this machine.',
    recovery: { kind: 'blocked', reason: 'signed-out' },
  });
}

function sessionEnded(cause: unknown): LanyardError {
  return new LanyardError({
    code: 'session-ended',
    user: 'Your sign-in has ended. Open Lanyard and sign in again, or run: lanyard login',
    administrator: 'The ID token has expired and the identity provider does not renew the session.',
    recovery: { kind: 'blocked', reason: 'signed-out' },
    cause,
  });
}

/** See {@link SessionOwner}. */
export function createSessionOwner(context: SessionOwnerContext): SessionOwner {
  const { vault, provider, clock, log, onChange, onLost } = context;
  let renewing: Promise<SessionRecord> | undefined;
  let endedBy: Problem | undefined;

  // A session with another IdP, from before policy named this one, is nobody's here: its tokens must not be shown to
  // this one.
  const held = (): SessionRecord | null =>
    vault.contents.session?.issuer === provider.issuer ? vault.contents.session : null;

  // Every sign-in and every renewal gives an ID token of its own.
  const isCurrent = ({ subject, idToken }: SessionRecord): boolean => {
    const current = held();
    return current?.subject === subject && current.idToken === idToken;
  };
  const keep = (session: SessionRecord) => vault.update((contents) => ({ ...contents, session }));

  const lose = async (error: LanyardError): Promise<never> => {
    endedBy = error.problem;
    onLost();
    await vault.update((contents) => ({ ...contents, session: null, grants: {} }));
    log.warn('session-ended', { code: error.code, detail: error.administrator });
    onChange();
    throw error;
  };
  const needSignIn = (error: LanyardError) => {
    if (endedBy?.code !== error.code) log.warn('sign-in-needed', { code: error.code, detail: error.administrator });
    endedBy = error.problem;
    onChange();
  };
  const expired = (cause: string): never => {
    const error = sessionEnded(cause);
    needSignIn(error);
    throw error;
  };

  // Somebody may have signed out or in while the IdP was thinking; then this renewal is nobody's. The same person, who
  // signed in again, has a session that is newer than anything it could give.
  const supersede = (session: SessionRecord): SessionRecord => {
    const current = held();
    if (current?.subject === session.subject) return current;
    throw signedOut();
  };

  const renew = async (session: SessionRecord, rejected: string | undefined): Promise<SessionRecord> => {
    if (session.refreshToken === undefined) {
      const isGood = session.idTokenExpiresAt > clock() && session.idToken !== rejected;
      return isGood ? session : expired('no refresh token');
    }
    const configuration = await provider.configuration();
    const tokens = await refreshTokenGrant(configuration, session.refreshToken).catch((cause: unknown) => {
      if (!isCurrent(session)) return undefined;
      const fault = identityFault(provider.issuer, cause);
      if (fault.code === 'idp-invalid-grant') return lose(sessionEnded(cause));
      throw fault;
    });
    if (!tokens || !isCurrent(session)) return supersede(session);
    const renewed = renewSession(session, tokens);
    await keep(renewed);
    log.info('session-renewed', { idTokenExpiresAt: new Date(renewed.idTokenExpiresAt).toISOString() });
    // The same ID token again is possible: two of one second can be equal to the byte.
    if (renewed.idTokenExpiresAt <= clock()) return expired('no new ID token');
    endedBy = undefined;
    return renewed;
  };

  return {
    get current() {
      return held();
    },
    get endedBy() {
      return endedBy;
    },
    fresh: async (rejected) => {
      const session = held();
      if (!session) throw signedOut();
      if (session.idToken !== rejected && session.idTokenExpiresAt - ID_TOKEN_MARGIN_MS > clock()) return session;
      renewing ??= renew(session, rejected).finally(() => {
        renewing = undefined;
      });
      return renewing;
    },
    refused: (session, error) => {
      if (isCurrent(session)) needSignIn(error);
    },
    begin: async (session) => {
      endedBy = undefined;
      await vault.update((contents) => {
        const same = contents.session?.issuer === session.issuer && contents.session.subject === session.subject;
        return { ...contents, session, grants: same ? contents.grants : {} };
      });
      log.info('signed-in', { subject: session.subject });
      onChange();
    },
    end: async () => {
      const session = held();
      endedBy = undefined;
      await vault.update((contents) => ({ ...contents, session: null, grants: {} }));
      onChange();
      if (session) log.info('signed-out', { subject: session.subject });
      if (session?.refreshToken === undefined) return;
      try {
        const configuration = await provider.configuration();
        if (configuration.serverMetadata().revocation_endpoint)
          await tokenRevocation(configuration, session.refreshToken, { token_type_hint: 'refresh_token' });
      } catch (cause) {
        // Signing out must work without a network; the refresh token is gone from here either way.
        const { code, administrator } = identityFault(provider.issuer, cause);
        log.warn('revocation-failed', { code, detail: administrator });
      }
    },
  };
}
