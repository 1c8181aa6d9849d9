import { setTimeout as sleep } from 'node:timers/promises';
import { CALL_PAUSE_MS } from '../../shared/call-pause.ts';
import type { LanyardError } from '../../shared/errors.ts';
import { GAP_MS, GAP_PAUSE_MS, isNetworkFault } from '../../shared/network-gap.ts';
import type { Schedule } from '../../shared/schedule.ts';
import type { SessionRecord } from '../vault/contents.ts';
import { createAlarm } from './alarm.ts';
import type { Leftovers } from './leftovers.ts';
import { type Renewal, type RenewalContext, renewSessionOnce } from './renewal.ts';
import { stopping } from './session-errors.ts';
import { checkDelayMs, pauseMs } from './session-plan.ts';
import { heldSession, isSameSession } from './session-vault.ts';

/** How long closing waits for an answer, in ms: it may hold the only refresh token that is good when we start again. */
const LONGEST_CLOSING_MS = 3_000;

/** A session that can be renewed. */
export type RenewableSession = SessionRecord & { readonly refreshToken: string };

/** Renewals that have failed since one worked. */
interface Failure {
  readonly count: number;
  readonly error: LanyardError;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** When it is tried again although nobody asks. Milliseconds since the epoch. */
  readonly until: number;
}

/** When the session is renewed: when somebody needs it, once in every check interval, and again after a failure. */
export interface Renewals {
  /**
   * Renews the session that is held; any number of callers share one renewal.
   *
   * @param isNeeded see {@link renewSessionOnce}.
   */
  renew(session: RenewableSession, isNeeded: boolean): Promise<Renewal>;
  /** Why the last renewal failed and how long askers have to wait yet, in ms; `undefined` when they need not. */
  pause(): { readonly error: LanyardError; readonly leftMs: number } | undefined;
  /** Another session is held, or none: what is known of the one before says nothing any more. */
  restart(): void;
  /** The vault has been opened: a refresh without an answer is sent again at once. */
  resume(): void;
  /** Looks now at what is due, and tries again within `spreadMs` what failed; at once what waits for a lost answer. */
  wake(spreadMs: number): void;
  /** A person asked: tries again at once what failed, also where only somebody's act would have helped. */
  retry(): void;
  /** Sends nothing any more; an answer that is on its way is waited for, but not for long. */
  close(): Promise<void>;
}

/** What the renewals work with. */
export interface RenewalsContext extends RenewalContext {
  readonly schedule: Schedule;
  readonly random: () => number;
  readonly leftovers: Leftovers;
  readonly onRenewed: (renewal: Extract<Renewal, { kind: 'renewed' }>) => void;
  /** A renewal failed; the session stands. */
  readonly onFailed: (error: LanyardError) => void;
  /** The IdP does not renew the session any more; what `onOver` resolves with is the error that callers get. */
  readonly onOver: (session: SessionRecord, error: LanyardError) => Promise<LanyardError>;
}

/** The session that can be renewed, if there is one. */
export function renewable(session: SessionRecord | null): RenewableSession | undefined {
  return session?.refreshToken === undefined ? undefined : { ...session, refreshToken: session.refreshToken };
}

const isTheirPause = ({ recovery }: LanyardError) => recovery?.kind === 'retry' && recovery.afterMs !== undefined;
// Not where somebody has to act.
const mayComeBack = (error: LanyardError) => error.recovery?.kind === 'retry' && !isTheirPause(error);

/** See {@link Renewals}. Nothing is sent while nobody is signed in, or the session has no refresh token. */
export function createRenewals(context: RenewalsContext): Renewals {
  const { vault, provider, clock, schedule, random, log, leftovers, onRenewed, onFailed, onOver } = context;
  const { checkIntervalMinutes } = provider.policy;
  let flight: { readonly of: SessionRecord; readonly end: Promise<Renewal> } | undefined;
  let failure: Failure | undefined;
  let gapUntil = Number.NEGATIVE_INFINITY;
  let isClosed = false;

  const held = () => heldSession(vault.contents, provider.issuer);
  const alarm = createAlarm(schedule, clock, () => renewNow());
  const setAlarm = (delayMs: number) => {
    if (isClosed || !renewable(held())) alarm.off();
    else alarm.set(delayMs);
  };
  const setCheck = () => setAlarm(checkDelayMs(checkIntervalMinutes, random));

  const fail = (error: LanyardError) => {
    const inGap = clock() < gapUntil && isNetworkFault(error);
    // What happens while the network is still coming up says nothing about the IdP.
    const count = (failure?.count ?? 0) + (inGap ? 0 : 1);
    const inMs = inGap ? GAP_PAUSE_MS : Math.round(pauseMs(count, error, checkIntervalMinutes, random));
    const wasTold = inGap && failure !== undefined;
    failure = { count, error, at: clock(), until: clock() + inMs };
    setAlarm(inMs);
    if (!wasTold) log.warn('session-renewal-failed', { code: error.code, detail: error.administrator, inMs });
  };

  // What was rotated while somebody signed in or out is nobody's.
  const supersede = ({ subject }: SessionRecord, unused?: string): Renewal => {
    if (unused !== undefined) leftovers.revoke({ subject, refreshToken: unused });
    return { kind: 'superseded' };
  };
  const settle = async (session: SessionRecord, renewal: Renewal): Promise<Renewal> => {
    switch (renewal.kind) {
      case 'renewed':
        if (!isSameSession(held(), renewal.session)) return supersede(session, renewal.session.refreshToken);
        failure = undefined;
        setCheck();
        onRenewed(renewal);
        return renewal;
      case 'over':
        if (!isSameSession(held(), session)) return supersede(session);
        return { kind: 'over', error: await onOver(session, renewal.error) };
      case 'failed':
        fail(renewal.error);
        onFailed(renewal.error);
        return renewal;
      case 'put-off':
        setCheck();
        log.warn('session-check-put-off', { code: renewal.error.code, detail: renewal.error.administrator });
        return renewal;
      case 'superseded':
        return supersede(session, renewal.unused);
    }
  };

  const renew = (session: RenewableSession, isNeeded: boolean): Promise<Renewal> => {
    if (flight && isSameSession(flight.of, session)) return flight.end;
    if (isClosed) return Promise.resolve({ kind: 'failed', error: stopping() });
    const end = renewSessionOnce(session, isNeeded, context).then((renewal) => settle(session, renewal));
    const mine = { of: session, end };
    flight = mine;
    return end.finally(() => {
      if (flight === mine) flight = undefined;
    });
  };
  const renewNow = () => {
    const session = renewable(held());
    if (session) void renew(session, false);
  };

  return {
    renew,
    pause: () => {
      // A clock that was put back must not make it longer than it was meant to be.
      if (!failure || clock() < failure.at) return undefined;
      // Whoever asks after the pause of a call may try again; the one that we keep by ourselves goes on.
      const until = mayComeBack(failure.error) ? Math.min(failure.until, failure.at + CALL_PAUSE_MS) : failure.until;
      const leftMs = until - clock();
      return leftMs > 0 ? { error: failure.error, leftMs } : undefined;
    },
    restart: () => {
      failure = undefined;
      setCheck();
    },
    resume: () => {
      if (held()?.refreshSentAt === undefined) setCheck();
      else renewNow();
    },
    wake: (spreadMs) => {
      gapUntil = clock() + GAP_MS;
      // A pause that the IdP asked for is kept, wherever we have been in the meantime.
      if (!failure || !mayComeBack(failure.error)) return alarm.look();
      failure = undefined;
      // A lost answer cannot wait; everybody else's turn comes by lot.
      if (held()?.refreshSentAt !== undefined) renewNow();
      else setAlarm(spreadMs * random());
    },
    retry: () => {
      if (!failure || isTheirPause(failure.error)) return alarm.look();
      failure = undefined;
      renewNow();
    },
    close: async () => {
      isClosed = true;
      alarm.off();
      // The answer that is waited for may leave something to revoke.
      const end = Promise.resolve(flight?.end).then(leftovers.settled);
      await Promise.race([end, sleep(LONGEST_CLOSING_MS, undefined, { ref: false })]);
    },
  };
}
