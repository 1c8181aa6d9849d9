import type { AuthorizationServer } from 'oauth4webapi';
import { LanyardError } from '../../shared/errors.ts';
import type { PolicyServer } from '../../shared/policy.ts';
import { discoverServer, type ServerMetadata } from '../discovery/discover.ts';
import type { MetadataCache } from '../discovery/metadata-cache.ts';
import type { Fetch } from '../egress/fetch.ts';
import { clientAuthentication } from '../identity/client-authentication.ts';
import { identityFault } from '../identity/faults.ts';
import type { IdentityProvider } from '../identity/provider.ts';
import type { SessionOwner } from '../identity/session-owner.ts';
import type { GrantRecord, SessionRecord } from '../vault/contents.ts';
import { type AccessToken, processAccessTokenResponse, requestAccessToken } from './jwt-bearer.ts';
import type { Leg } from './oauth-answer.ts';
import { type IdJag, processIdJagResponse, requestIdJag } from './token-exchange.ts';

/** Everything a mint works with. */
export interface MintContext {
  readonly provider: IdentityProvider;
  readonly session: SessionOwner;
  readonly metadata: MetadataCache;
  readonly fetch: Fetch;
  readonly clock: () => number;
}

async function exchange(
  server: PolicyServer,
  metadata: ServerMetadata,
  subjectToken: string,
  { provider, fetch, clock }: MintContext,
): Promise<IdJag> {
  const configuration = await provider.configuration();
  const response = await requestIdJag(
    {
      authorizationServer: configuration.serverMetadata() as AuthorizationServer,
      clientId: provider.policy.clientId,
      clientAuthentication: await clientAuthentication(provider.policy.authentication),
      fetch,
    },
    {
      subjectToken,
      audience: metadata.authorizationServer.issuer,
      resource: metadata.resource,
      scopes: server.scopes,
    },
  );
  return processIdJagResponse(response, answerer('token-exchange', provider.issuer, server, clock()));
}

async function redeem(
  server: PolicyServer,
  { authorizationServer, resource }: ServerMetadata,
  { assertion }: IdJag,
  { fetch, clock }: MintContext,
): Promise<AccessToken> {
  const { clientId, authentication } = server.authorizationServer;
  const response = await requestAccessToken(
    {
      authorizationServer: authorizationServer as AuthorizationServer,
      clientId,
      clientAuthentication: await clientAuthentication(authentication),
      fetch,
    },
    assertion,
    resource,
  );
  return processAccessTokenResponse(response, answerer('jwt-bearer', authorizationServer.issuer, server, clock()));
}

function answerer(leg: Leg, issuer: string, { title }: PolicyServer, now: number) {
  return { leg, issuer, title, now };
}

// An ID token that is good by this machine's clock may be too old by the IdP's, or be revoked: a new one tells.
async function exchangeFresh(
  server: PolicyServer,
  metadata: ServerMetadata,
  context: MintContext,
): Promise<{ readonly subject: string; readonly idJag: IdJag }> {
  const { session } = context;
  const attempt = async ({ idToken, subject }: SessionRecord) => ({
    subject,
    idJag: await exchange(server, metadata, idToken, context),
  });
  const first = await session.fresh();
  try {
    return await attempt(first);
  } catch (error) {
    if (!is(error, 'token-exchange-invalid-grant')) throw error;
  }
  const second = await session.fresh(first.idToken);
  try {
    return await attempt(second);
  } catch (error) {
    if (is(error, 'token-exchange-invalid-grant')) session.refused(second, error);
    throw error;
  }
}

function is(error: unknown, code: string): error is LanyardError {
  return error instanceof LanyardError && error.code === code;
}

/**
 * Mints one access token: an ID-JAG from the IdP, redeemed once at the server's AS. Where the AS refuses the
 * ID-JAG, one fresh one is tried with metadata read anew, since keys and issuers do get changed.
 *
 * @throws {LanyardError} always with a `recovery`.
 */
export async function mintGrant(server: PolicyServer, context: MintContext): Promise<GrantRecord> {
  const { metadata: cache, fetch, clock, provider } = context;
  const once = async (): Promise<GrantRecord> => {
    const metadata = await cache.get(server.name, () =>
      discoverServer(new URL(server.url), server.authorizationServer.issuer, { fetch, clock }),
    );
    const { subject, idJag } = await exchangeFresh(server, metadata, context);
    const token = await redeem(server, metadata, idJag, context);
    const scope = token.scope ?? idJag.scope;
    return {
      subject,
      accessToken: token.accessToken,
      tokenType: 'Bearer',
      ...(scope !== undefined && { scope }),
      mintedAt: clock(),
      expiresAt: clock() + token.expiresInSeconds * 1000,
      resource: metadata.resource,
      authorizationServer: metadata.authorizationServer.issuer,
    };
  };
  try {
    return await once().catch((error: unknown) => {
      if (!is(error, 'jwt-bearer-invalid-grant')) throw error;
      cache.drop(server.name);
      return once();
    });
  } catch (thrown) {
    const error = thrown instanceof LanyardError ? thrown : identityFault(provider.issuer, thrown);
    // Whoever mends it may do so in the metadata, so the next try does not go by what was read before.
    if (error.recovery?.kind === 'blocked' && error.recovery.reason === 'misconfigured') cache.drop(server.name);
    throw error;
  }
}
