import type { LanyardError } from '../../shared/errors.ts';
import type { PolicyIdentityProvider } from '../../shared/policy.ts';
import type { SessionRecord } from '../vault/contents.ts';

/** An ID token must live this much longer to be used, in ms: the IdP checks it a moment later, on its own clock. */
export const ID_TOKEN_MARGIN_MS = 60_000;

const MINUTE_MS = 60_000;

/** From here to 1 is the part of the check interval that is waited, so that a company's machines do not ask in step. */
const EARLIEST_CHECK = 0.8;

/**
 * The first pause after a failed refresh, in ms. Short: the answer may be what was lost, and an IdP that forgives the
 * second use of a refresh token does so for seconds (30 s is common).
 */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 2 * 60 * 1000;
/** From here to 1 is the part of a pause that is waited. */
const SHORTEST_PAUSE = 0.5;
/** When a refusal that time alone does not mend is looked at again, in ms. */
const BLOCKED_PAUSE_MS = 5 * 60 * 1000;

/** Whom a token exchange is for, and by which token. */
export interface Subject {
  readonly session: SessionRecord;
  readonly token: string;
  readonly type: 'id_token' | 'refresh_token';
}

/** What a subject token is chosen by. */
export interface Wish {
  /** What policy says. */
  readonly mode: PolicyIdentityProvider['subjectToken'];
  readonly now: number;
  /** A subject token that the IdP refused. */
  readonly rejected?: string | undefined;
}

/** What has to happen before there is a subject token. */
export type Need = 'refresh' | 'sign-in' | 'offline-access';

const byIdToken = (session: SessionRecord): Subject => ({ session, token: session.idToken, type: 'id_token' });

function byRefreshToken(session: SessionRecord, rejected: string | undefined): Subject | undefined {
  const { refreshToken: token } = session;
  return token === undefined || token === rejected ? undefined : { session, token, type: 'refresh_token' };
}

/** Whether the ID token lives for longer than `marginMs`. */
function isIdTokenGood({ idTokenExpiresAt }: SessionRecord, now: number, marginMs = ID_TOKEN_MARGIN_MS): boolean {
  return idTokenExpiresAt - marginMs > now;
}

/**
 * The subject token that can be used without asking the IdP, or what has to happen first.
 *
 * @param renewsIdToken false once a refresh of this session has given no ID token.
 */
export function subjectNow(
  session: SessionRecord,
  renewsIdToken: boolean,
  { mode, now, rejected }: Wish,
): Subject | Need {
  if (mode === 'refresh_token')
    return session.refreshToken === undefined ? 'offline-access' : (byRefreshToken(session, rejected) ?? 'refresh');
  // Without a refresh token nothing better will come, so it is used to its end.
  const marginMs = session.refreshToken === undefined ? 0 : ID_TOKEN_MARGIN_MS;
  if (session.idToken !== rejected && isIdTokenGood(session, now, marginMs)) return byIdToken(session);
  if (session.refreshToken === undefined) return 'sign-in';
  return (mode === 'auto' && !renewsIdToken && byRefreshToken(session, rejected)) || 'refresh';
}

/**
 * The subject token right after a refresh that worked.
 *
 * @param gaveIdToken whether the refresh brought an ID token. Such a one is good: it was checked, and two of one second
 * can be equal to the byte. One from before is good as long as it lives (OpenID Connect Core section 12.2).
 */
export function subjectRenewed(session: SessionRecord, gaveIdToken: boolean, wish: Wish): Subject | 'sign-in' {
  const { mode, now, rejected } = wish;
  const newest = byRefreshToken(session, undefined);
  if (mode === 'refresh_token' && newest) return newest;
  if (gaveIdToken) return byIdToken(session);
  if (mode === 'id_token') return isIdTokenGood(session, now, 0) ? byIdToken(session) : 'sign-in';
  if (session.idToken !== rejected && isIdTokenGood(session, now)) return byIdToken(session);
  return newest ?? 'sign-in';
}

/** What is left after a refresh that failed: a failure never hides an ID token that is still good. */
export function subjectLeft(session: SessionRecord, { mode, now, rejected }: Wish): Subject | undefined {
  const isUsable = mode !== 'refresh_token' && session.idToken !== rejected && isIdTokenGood(session, now, 0);
  return isUsable ? byIdToken(session) : undefined;
}

/** When the session is looked at next, in ms from now. */
export function checkDelayMs(intervalMinutes: number, random: () => number): number {
  return intervalMinutes * MINUTE_MS * (EARLIEST_CHECK + (1 - EARLIEST_CHECK) * random());
}

/**
 * How long after a failed refresh the next one waits, in ms: soon and often at first, then up to 2 min; what the IdP
 * asks for where it names a time; 5 min where time alone mends nothing. A pause of our own is no longer than the check
 * interval, within which a revocation is to be noticed.
 *
 * @param failures how many there have been in a row, this one included.
 */
export function pauseMs(
  failures: number,
  { recovery }: LanyardError,
  intervalMinutes: number,
  random: () => number,
): number {
  const intervalMs = intervalMinutes * MINUTE_MS;
  if (recovery?.kind === 'blocked') return Math.min(BLOCKED_PAUSE_MS, intervalMs);
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS, intervalMs);
  return recovery?.afterMs ?? pause * (SHORTEST_PAUSE + (1 - SHORTEST_PAUSE) * random());
}
