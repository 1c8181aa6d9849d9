import type { LanyardError, Problem } from '../../shared/errors.ts';
import type { Schedule } from '../../shared/schedule.ts';
import type { SessionRecord } from '../vault/contents.ts';
import { createAlarm } from './alarm.ts';
import { type Renewal, type RenewalContext, renewSessionOnce } from './renewal.ts';
import { noRefreshToken, sessionEnded, signedOut, tryAgainIn } from './session-errors.ts';
import {
  checkDelayMs,
  isRefreshNeeded,
  pauseMs,
  type Subject,
  subjectLeft,
  subjectNow,
  subjectRenewed,
  type Wish,
} from './session-plan.ts';
import { beginSession, eraseSession, heldSession, isSameSession } from './session-vault.ts';
import { type EndSession, endSessionAt, revokeRefreshToken } from './sign-out.ts';

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
  /**
   * Ends the session: revoked at the IdP as far as it can be reached, erased here in any case. Gives what a browser
   * needs to end the IdP's own session, where the IdP offers that.
   *
   * @throws {LanyardError} `vault-write`, when the session is gone from memory but not from the disk.
   */
  end(): Promise<EndSession | undefined>;
  /** The vault has been opened: a refresh that was under way at the end of the last run is sent again at once. */
  resume(): void;
  /** The machine woke or came back to a network: looks now at what is due, and tries again what failed. */
  wake(): void;
  /** Nothing is sent of its own accord any more; resolves when nothing is under way either. */
  close(): Promise<void>;
}

/** What the owner works with. */
export interface SessionOwnerContext extends RenewalContext {
  readonly schedule: Schedule;
  readonly random: () => number;
  /** Called after every change of who is signed in. */
  readonly onChange: () => void;
  /** Called when the IdP ended the session: every grant that came from it has to go. */
  readonly onLost: () => void;
}

/** Renewals that have failed since one worked. */
interface Failure {
  readonly count: number;
  readonly error: LanyardError;
  /** Until then nobody sends another. Milliseconds since the epoch. */
  readonly until: number;
}

/**
 * See {@link SessionOwner}. Once in every check interval the session is renewed even where nobody needs it, so that a
 * revocation at the IdP is noticed. A session without a refresh token cannot be looked at, and has no timer.
 */
export function createSessionOwner(context: SessionOwnerContext): SessionOwner {
  const { vault, provider, clock, schedule, random, log, onChange, onLost } = context;
  const { subjectToken: mode, checkIntervalMinutes } = provider.policy;
  let flight: { readonly of: SessionRecord; readonly end: Promise<Renewal> } | undefined;
  let failure: Failure | undefined;
  let renewsIdToken = true;
  let endedBy: Problem | undefined;
  let isClosed = false;

  const held = () => heldSession(vault.contents, provider.issuer);
  const isCurrent = (session: SessionRecord) => isSameSession(held(), session);
  const alarm = createAlarm(schedule, clock, () => void renewDue());
  const setAlarm = (delayMs: number) => {
    if (isClosed || held()?.refreshToken === undefined) alarm.off();
    else alarm.set(delayMs);
  };
  const setCheck = () => setAlarm(checkDelayMs(checkIntervalMinutes, random));

  const startAnew = () => {
    failure = undefined;
    renewsIdToken = true;
    endedBy = undefined;
  };
  const needSignIn = (error: LanyardError) => {
    if (endedBy?.code !== error.code) log.warn('sign-in-needed', { code: error.code, detail: error.administrator });
    endedBy = error.problem;
    onChange();
  };

  const lose = async (error: LanyardError) => {
    startAnew();
    endedBy = error.problem;
    onLost();
    // On a disk that takes nothing the session comes back with the next start, and is refused again.
    await vault.update(eraseSession).catch(() => {});
    alarm.off();
    log.warn('session-ended', { code: error.code, detail: error.administrator });
    onChange();
  };
  const fail = (error: LanyardError) => {
    const count = (failure?.count ?? 0) + 1;
    const inMs = Math.round(pauseMs(count, error, random));
    failure = { count, error, until: clock() + inMs };
    setAlarm(inMs);
    log.warn('session-renewal-failed', { code: error.code, detail: error.administrator, inMs });
  };
  const settle = async (renewal: Renewal): Promise<Renewal> => {
    switch (renewal.kind) {
      case 'renewed':
        failure = undefined;
        renewsIdToken = renewal.gaveIdToken;
        setCheck();
        log.info('session-renewed', { idTokenExpiresAt: new Date(renewal.session.idTokenExpiresAt).toISOString() });
        return renewal;
      case 'over': {
        const error = sessionEnded(renewal.error);
        await lose(error);
        return { kind: 'over', error };
      }
      case 'failed':
        fail(renewal.error);
        return renewal;
      case 'put-off':
        setCheck();
        log.warn('session-check-put-off', { code: renewal.error.code, detail: renewal.error.administrator });
        return renewal;
      case 'superseded':
        // Rotated while the person was signing out: what came is nobody's, and must not live on at the IdP.
        if (renewal.unused !== undefined && !held()) await revokeRefreshToken(renewal.unused, context);
        return renewal;
    }
  };

  const renew = (session: SessionRecord, refreshToken: string, isNeeded: boolean): Promise<Renewal> => {
    if (flight && isSameSession(flight.of, session)) return flight.end;
    const end = renewSessionOnce(session, refreshToken, isNeeded, context).then(settle);
    const mine = { of: session, end };
    flight = mine;
    return end.finally(() => {
      if (flight === mine) flight = undefined;
    });
  };
  const renewDue = async () => {
    const session = held();
    if (session?.refreshToken === undefined) return;
    await renew(session, session.refreshToken, isRefreshNeeded(session, clock()));
  };

  /** Judges a renewal that is not good, for one caller. */
  const fallBack = (session: SessionRecord, error: LanyardError, wish: Wish): Subject => {
    const left = subjectLeft(session, wish);
    if (left) return left;
    if (error.recovery?.kind === 'blocked' && error.recovery.reason === 'signed-out') needSignIn(error);
    throw tryAgainIn(error, Math.max((failure?.until ?? clock()) - clock(), 0));
  };
  const expired = (cause: string): never => {
    const error = sessionEnded(cause);
    needSignIn(error);
    throw error;
  };

  const fresh = async (rejected?: string): Promise<Subject> => {
    const session = held();
    if (!session) throw signedOut();
    const wish = () => ({ mode, now: clock(), rejected });
    const now = subjectNow(session, renewsIdToken, wish());
    if (typeof now === 'object') return now;
    if (now === 'offline-access') throw noRefreshToken(provider.issuer);
    if (now === 'sign-in' || session.refreshToken === undefined) return expired('no refresh token');
    if (failure && failure.until > clock()) return fallBack(session, failure.error, wish());

    const renewal = await renew(session, session.refreshToken, true);
    switch (renewal.kind) {
      case 'renewed': {
        const subject = subjectRenewed(renewal.session, renewal.gaveIdToken, wish());
        if (subject === 'sign-in') return expired('no new ID token');
        endedBy = undefined;
        return subject;
      }
      case 'over':
        throw renewal.error;
      case 'failed':
        return fallBack(held() ?? session, renewal.error, wish());
      // It was a check that others had begun; this is more.
      case 'put-off':
        return fresh(rejected);
      // The same person, who signed in again, has a session that is newer than anything the renewal could give.
      case 'superseded':
        if (held()?.subject !== session.subject) throw signedOut();
        return fresh(rejected);
    }
  };

  return {
    get current() {
      return held();
    },
    get endedBy() {
      return endedBy;
    },
    fresh,
    refused: ({ session }, error) => {
      if (isCurrent(session)) needSignIn(error);
    },
    begin: async (session) => {
      startAnew();
      try {
        await vault.update(beginSession(session));
      } finally {
        setCheck();
      }
      log.info('signed-in', { subject: session.subject });
      onChange();
    },
    end: async () => {
      const session = held();
      startAnew();
      alarm.off();
      const erased = vault.update(eraseSession);
      erased.catch(() => {});
      onChange();
      if (session) log.info('signed-out', { subject: session.subject });
      const endSession = session ? await endSessionAt(session, context) : undefined;
      if (session?.refreshToken !== undefined) await revokeRefreshToken(session.refreshToken, context);
      await erased;
      return endSession;
    },
    resume: () => {
      const session = held();
      if (session?.refreshSentAt === undefined) setCheck();
      else void renewDue();
    },
    wake: () => {
      if (!failure) return alarm.look();
      failure = undefined;
      if (!isClosed) void renewDue();
    },
    close: async () => {
      isClosed = true;
      alarm.off();
      await flight?.end;
    },
  };
}
