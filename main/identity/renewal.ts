import type { LanyardError } from '../../shared/errors.ts';
import type { Log } from '../journal/log.ts';
import type { SessionRecord } from '../vault/contents.ts';
import type { Vault } from '../vault/vault.ts';
import { identityFault } from './faults.ts';
import type { IdentityProvider } from './provider.ts';
import { type RefreshOutcome, requestRefresh } from './refresh-request.ts';
import { markSent, renewSession, rotateRefreshToken, unmarkSent } from './session.ts';
import { heldSession, isSameSession, replaceSession } from './session-vault.ts';

/** What became of one renewal. */
export type Renewal =
  | { readonly kind: 'renewed'; readonly session: SessionRecord; readonly gaveIdToken: boolean }
  /** The IdP renews the session neither for the refresh token nor for the one before it. */
  | { readonly kind: 'over'; readonly error: LanyardError }
  | { readonly kind: 'failed'; readonly error: LanyardError }
  /** Nothing was sent: it could not be recorded first, and can wait. */
  | { readonly kind: 'put-off'; readonly error: LanyardError }
  /** Somebody signed in or out meanwhile; nothing was kept. `unused` is a refresh token that nobody holds now. */
  | { readonly kind: 'superseded'; readonly unused?: string };

/** What a renewal works with. */
export interface RenewalContext {
  readonly vault: Vault;
  readonly provider: IdentityProvider;
  readonly clock: () => number;
  readonly log: Log;
}

interface Sent {
  readonly outcome: RefreshOutcome;
  /** The refresh token that the outcome is about. */
  readonly used: string;
}

// Known before the refresh token leaves, and durably: whoever finds the mark after a crash knows that it may be spent.
async function recordSending(
  session: SessionRecord,
  isNeeded: boolean,
  { vault, clock, log }: RenewalContext,
): Promise<LanyardError | undefined> {
  if (session.refreshSentAt !== undefined) return undefined;
  try {
    await vault.update(replaceSession(session, (held) => markSent(held, clock())));
    return undefined;
  } catch (cause) {
    const error = identityFault(session.issuer, cause);
    if (isNeeded) {
      log.warn('refresh-unrecorded', { code: error.code, detail: error.administrator });
      return undefined;
    }
    await vault.update(replaceSession(session, unmarkSent)).catch(() => {});
    return error;
  }
}

async function send(session: SessionRecord, newest: string, { provider, log }: RenewalContext): Promise<Sent> {
  const ask = async (used: string): Promise<Sent> => ({
    outcome: await requestRefresh(provider, used, session.isBound === true),
    used,
  });
  const sent = await ask(newest);
  const { previousRefreshToken: previous } = session;
  if (sent.outcome.kind !== 'refused' || previous === undefined) return sent;
  // The newest never worked: its predecessor may still do, where a crash or a lost answer left the IdP behind us.
  log.warn('previous-refresh-token-tried', { code: sent.outcome.error.code });
  return ask(previous);
}

// The new tokens are the best there are, written or not; whoever shows the vault's state shows that they are not.
async function keep(before: SessionRecord, after: SessionRecord, { vault, log }: RenewalContext): Promise<void> {
  try {
    await vault.update(replaceSession(before, () => after));
  } catch (cause) {
    const { code, administrator } = identityFault(before.issuer, cause);
    log.warn('session-unsaved', { code, detail: administrator });
  }
}

async function processSent(session: SessionRecord, { outcome, used }: Sent, context: RenewalContext): Promise<Renewal> {
  switch (outcome.kind) {
    case 'refused':
      return { kind: 'over', error: outcome.error };
    case 'failed': {
      const wasInDoubt = session.refreshSentAt !== undefined;
      if (!outcome.mayBeSpent && !wasInDoubt) await keep(session, unmarkSent(session), context);
      return { kind: 'failed', error: outcome.error };
    }
    case 'rotated':
      await keep(session, rotateRefreshToken(session, used, outcome.refreshToken), context);
      return { kind: 'failed', error: outcome.error };
    case 'renewed': {
      const renewed = renewSession(session, used, outcome.tokens);
      await keep(session, renewed, context);
      return { kind: 'renewed', session: renewed, gaveIdToken: outcome.tokens.id_token !== undefined };
    }
  }
}

function unusedOf(outcome: RefreshOutcome): string | undefined {
  if (outcome.kind === 'rotated') return outcome.refreshToken;
  return outcome.kind === 'renewed' ? outcome.tokens.refresh_token : undefined;
}

/**
 * Renews the session with its refresh token, so that neither a crash nor a lost answer loses it: what is sent is
 * recorded before, what comes is kept in one durable write, and the old refresh token stays until the new one has worked.
 * After a fault that may pass, the next renewal sends the newest one again, never an older one. Never throws.
 *
 * @param isNeeded false for a mere look at whether the session still stands, which can wait for a disk that is full.
 */
export async function renewSessionOnce(
  session: SessionRecord & { readonly refreshToken: string },
  isNeeded: boolean,
  context: RenewalContext,
): Promise<Renewal> {
  const { vault, provider } = context;
  const isCurrent = () => isSameSession(heldSession(vault.contents, provider.issuer), session);
  try {
    // What cannot reach the IdP fails here, before anything is recorded.
    await provider.configuration();
    const unrecorded = await recordSending(session, isNeeded, context);
    if (!isCurrent()) return { kind: 'superseded' };
    if (unrecorded) return { kind: 'put-off', error: unrecorded };
    const sent = await send(session, session.refreshToken, context);
    if (!isCurrent()) {
      const unused = unusedOf(sent.outcome);
      return { kind: 'superseded', ...(unused !== undefined && { unused }) };
    }
    return await processSent(session, sent, context);
  } catch (cause) {
    return isCurrent() ? { kind: 'failed', error: identityFault(provider.issuer, cause) } : { kind: 'superseded' };
  }
}
