import { tokenRevocation } from 'openid-client';
import { assertMayLead } from '../egress/addresses.ts';
import type { Log } from '../journal/log.ts';
import type { SessionRecord } from '../vault/contents.ts';
import { identityFault } from './faults.ts';
import type { IdentityProvider } from './provider.ts';

/** What a browser needs to end the IdP's own session (OpenID Connect RP-Initiated Logout 1.0 section 2). */
export interface EndSession {
  /** The IdP's `end_session_endpoint`. */
  readonly url: string;
  /** `id_token_hint`; a secret. It may have expired. */
  readonly idToken: string;
  readonly clientId: string;
}

/** What signing out works with. */
export interface SignOutContext {
  readonly provider: IdentityProvider;
  readonly log: Log;
}

/** Signing out must work without a network, so what goes wrong is a line in the log. */
async function attempt<T>(
  event: string,
  { provider, log }: SignOutContext,
  act: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await act();
  } catch (cause) {
    const { code, administrator } = identityFault(provider.issuer, cause, 'revocation');
    log.warn(event, { code, detail: administrator });
    return undefined;
  }
}

/** Revokes a refresh token where the IdP offers that (RFC 7009). Never throws. */
export async function revokeRefreshToken(refreshToken: string, context: SignOutContext): Promise<void> {
  await attempt('revocation-failed', context, async () => {
    const configuration = await context.provider.configuration();
    if (configuration.serverMetadata().revocation_endpoint)
      await tokenRevocation(configuration, refreshToken, { token_type_hint: 'refresh_token' });
  });
}

/**
 * Tells the IdP that the session is over, as far as that can be done from here. Gives where a browser ends the IdP's own
 * session; `undefined` where the IdP does not offer that, cannot be reached, or names an address that a browser must not
 * be sent to. Never throws.
 */
export async function signOutAtProvider(
  session: SessionRecord,
  context: SignOutContext,
): Promise<EndSession | undefined> {
  const endSession = await endSessionAt(session, context);
  if (session.refreshToken !== undefined) await revokeRefreshToken(session.refreshToken, context);
  return endSession;
}

function endSessionAt({ idToken }: SessionRecord, context: SignOutContext): Promise<EndSession | undefined> {
  return attempt('end-session-unknown', context, async () => {
    const { issuer, policy, configuration } = context.provider;
    const { end_session_endpoint: page } = (await configuration()).serverMetadata();
    if (page === undefined || !URL.canParse(page)) return undefined;
    assertMayLead(new URL(issuer), new URL(page));
    return { url: page, idToken, clientId: policy.clientId };
  });
}
