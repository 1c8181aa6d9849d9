import type { LanyardError, Problem } from '../../shared/errors.ts';
import type { Schedule } from '../../shared/schedule.ts';
import type { SessionRecord } from '../vault/contents.ts';
import { createLeftovers } from './leftovers.ts';
import type { RenewalContext } from './renewal.ts';
import { createRenewals, type RenewableSession, renewable } from './renewals.ts';
import { noRefreshToken, sessionEnded, signedOut, tryAgainIn } from './session-errors.ts';
import { type Subject, subjectLeft, subjectNow, subjectRenewed, type Wish } from './session-plan.ts';
import { beginSession, eraseSession, eraseThisSession, heldSession, isSameSession } from './session-vault.ts';
import { type EndSession, signOutAtProvider } from './sign-out.ts';

export { signedOut } from './session-errors.ts';
export type { Subject } from './session-plan.ts';
export type { EndSession } from './sign-out.ts';

/** The sole owner of the session: nobody else renews, replaces or ends it. */
export interface SessionOwner {
  readonly current: SessionRecord | null;
  /** Why only signing in again helps: the session is gone, or it gives no subject token any more. */
  readonly endedBy: Problem | undefined;
  /**
   * A subject token that is good for a token exchange now, of the kind that policy wants; the session is renewed where
   * its ID token is about to end, or the subject token is the one that the IdP `rejected`. Any number of callers share
   * one renewal, and after one that failed nobody sends another before its pause is over. A failed renewal never hides
   * an ID token that is still good, and takes away no token that other servers gave.
   *
   * @throws {LanyardError} `signed-out`, `session-ended` (sign in again); `session-no-refresh-token` (misconfigured);
   * network faults (retry, with the time of the next renewal).
   */
  fresh(rejected?: string): Promise<Subject>;
  /**
   * The IdP refused this subject although its token is new: from now on the state says that the person has to sign in
   * again. A session that is not the present one any more is passed over.
   */
  refused(subject: Subject, error: LanyardError): void;
  /** Takes over a new session. Whatever was kept for another person is dropped. */
  begin(session: SessionRecord): Promise<void>;
  /** A session that nobody takes over, as of a sign-in that was cancelled: revoked in the background. */
  discard(session: SessionRecord): void;
  /**
   * Ends the session: revoked at the IdP as far as it can be reached, erased here in any case. Gives what a browser
   * needs to end the IdP's own session, where the IdP offers that.
   *
   * @throws {LanyardError} `vault-write`, when the session is gone from memory but not from the disk.
   */
  end(): Promise<EndSession | undefined>;
  /** A person asked to try again: ends every pause but one that the IdP asked for. */
  retry(): void;
  /** The vault has been opened: a refresh that was under way at the end of the last run is sent again at once. */
  resume(): void;
  /**
   * The machine woke or came back to a network: looks now at what is due, and tries again within `spreadMs` what failed.
   */
  wake(spreadMs: number): void;
  /** Sends nothing any more. An answer that is on its way is waited for up to 3 s: it may hold the next refresh token. */
  close(): Promise<void>;
}

/** What the owner works with. */
export interface SessionOwnerContext extends RenewalContext {
  readonly schedule: Schedule;
  readonly random: () => number;
  /** Called after every change of who is signed in. */
  readonly onChange: () => void;
  /** Called when the IdP ended the session, with what callers are told: every grant that came from it has to go. */
  readonly onLost: (error: LanyardError) => void;
}

/**
 * See {@link SessionOwner}. Once in every check interval the session is renewed even where nobody needs it, so that a
 * revocation at the IdP is noticed. A session without a refresh token cannot be looked at, and has no timer.
 */
export function createSessionOwner(context: SessionOwnerContext): SessionOwner {
  const { vault, provider, clock, log, onChange, onLost } = context;
  const mode = provider.policy.subjectToken;
  const leftovers = createLeftovers(context);
  let endedBy: LanyardError | undefined;
  /** The last renewal that the IdP refused until the person signs in again. */
  let refusedRenewal: LanyardError | undefined;
  /** False once a refresh of this session has given no ID token, as some IdPs do. */
  let renewsIdToken = true;

  const held = () => heldSession(vault.contents, provider.issuer);
  const startAnew = () => {
    endedBy = undefined;
    renewsIdToken = true;
  };
  const needSignIn = (error: LanyardError) => {
    if (endedBy?.code !== error.code) log.warn('sign-in-needed', { code: error.code, detail: error.administrator });
    endedBy = error;
    onChange();
  };
  const needSignInNoMore = () => {
    if (!endedBy) return;
    endedBy = undefined;
    onChange();
  };
  const expired = (cause: string): LanyardError => {
    const error = sessionEnded(cause);
    needSignIn(error);
    return error;
  };

  const lose = async (session: SessionRecord, cause: LanyardError): Promise<LanyardError> => {
    const error = sessionEnded(cause);
    startAnew();
    endedBy = error;
    onLost(error);
    // A disk that takes nothing gives the session back with the next start, and then it is refused again.
    await vault.update(eraseThisSession(session)).catch(() => {});
    renewals.restart();
    log.warn('session-ended', { code: error.code, detail: cause.administrator });
    onChange();
    return error;
  };
  const renewals = createRenewals({
    ...context,
    leftovers,
    onOver: lose,
    onFailed: (error) => {
      if (error.recovery?.kind !== 'blocked' || error.recovery.reason !== 'signed-out') return;
      refusedRenewal = error;
      needSignIn(error);
    },
    onRenewed: ({ session: { idTokenExpiresAt }, gaveIdToken }) => {
      renewsIdToken = gaveIdToken;
      // What others refused does not pass by this.
      if (endedBy === refusedRenewal) needSignInNoMore();
      log.info('session-renewed', { idTokenExpiresAt: new Date(idTokenExpiresAt).toISOString() });
    },
  });

  /** What one caller gets after a renewal that failed. */
  const fallBack = (error: LanyardError, wish: Wish): Subject => {
    const session = held();
    const left = session && subjectLeft(session, wish);
    if (left) return left;
    throw tryAgainIn(error, renewals.pause()?.leftMs ?? 0);
  };

  const renewFor = async (session: RenewableSession, rejected: string | undefined): Promise<Subject> => {
    const renewal = await renewals.renew(session, true);
    const wish = { mode, now: clock(), rejected };
    switch (renewal.kind) {
      case 'renewed': {
        const subject = subjectRenewed(renewal.session, renewal.gaveIdToken, wish);
        if (subject === 'sign-in') throw expired('no new ID token');
        needSignInNoMore();
        return subject;
      }
      case 'over':
        throw renewal.error;
      case 'failed':
        return fallBack(renewal.error, wish);
      // It was a mere check, which others had begun; this is more.
      case 'put-off':
        return fresh(rejected);
      // The same person, who signed in again, has a session that is newer than anything the renewal could give.
      case 'superseded':
        if (held()?.subject !== session.subject) throw signedOut();
        return fresh(rejected);
    }
  };

  const fresh = async (rejected?: string): Promise<Subject> => {
    const session = held();
    if (!session) throw endedBy ?? signedOut();
    const wish = { mode, now: clock(), rejected };
    const subject = subjectNow(session, renewsIdToken, wish);
    if (typeof subject === 'object') return subject;
    if (subject === 'offline-access') throw noRefreshToken(provider.issuer);
    const toRenew = renewable(session);
    if (!toRenew) throw expired('no refresh token');
    const pause = renewals.pause();
    return pause ? fallBack(pause.error, wish) : renewFor(toRenew, rejected);
  };

  return {
    get current() {
      return held();
    },
    get endedBy() {
      return endedBy?.problem;
    },
    fresh,
    refused: ({ session }, error) => {
      if (isSameSession(held(), session)) needSignIn(error);
    },
    begin: async (session) => {
      const before = held();
      startAnew();
      try {
        await vault.update(beginSession(session));
      } finally {
        // In memory it stands, written or not.
        renewals.restart();
        if (before) leftovers.revoke(before);
      }
      log.info('signed-in', { subject: session.subject });
      onChange();
    },
    discard: leftovers.revoke,
    end: async () => {
      const session = held();
      startAnew();
      const erased = vault.update(eraseSession);
      // Heard at the end: what the disk says of it must not keep the IdP from being told.
      await erased.catch(() => {});
      renewals.restart();
      onChange();
      const endSession = session ? await signOutAtProvider(session, context) : undefined;
      await erased;
      if (session) log.info('signed-out', { subject: session.subject });
      return endSession;
    },
    resume: renewals.resume,
    wake: renewals.wake,
    retry: renewals.retry,
    close: renewals.close,
  };
}
