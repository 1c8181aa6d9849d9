import type { ClientMetadata } from 'oidc-provider';
import { type AuthenticationMethod, type RegisteredClient, registerClient } from '../authentication.ts';
import { DEVICE_CODE, TOKEN_EXCHANGE } from '../protocol.ts';

/** Lanyard's registrations at the IdP: one client for each authentication method. */
export type IdpClients = Readonly<Record<AuthenticationMethod, RegisteredClient>>;

/** Registers all of them with new credentials. */
export async function registerIdpClients(): Promise<IdpClients> {
  return {
    none: await registerClient('lanyard', 'none'),
    client_secret_basic: await registerClient('lanyard-basic', 'client_secret_basic'),
    client_secret_post: await registerClient('lanyard-post', 'client_secret_post'),
    private_key_jwt: await registerClient('lanyard-key', 'private_key_jwt'),
  };
}

/** A registration in oidc-provider's words (RFC 7591 client metadata). */
export function clientMetadata(
  { clientId, authentication, publicJwk }: RegisteredClient,
  redirectUris: readonly string[],
  postLogoutRedirectUris: readonly string[],
): ClientMetadata {
  return {
    client_id: clientId,
    client_name: 'Lanyard',
    // Only native clients may use any port on loopback (RFC 8252 section 7.3), with or without a credential.
    application_type: 'native',
    redirect_uris: [...redirectUris],
    post_logout_redirect_uris: [...postLogoutRedirectUris],
    response_types: ['code'],
    grant_types: ['authorization_code', 'refresh_token', DEVICE_CODE, TOKEN_EXCHANGE],
    require_auth_time: true,
    token_endpoint_auth_method: authentication.method,
    ...('clientSecret' in authentication && { client_secret: authentication.clientSecret }),
    ...(publicJwk && { jwks: { keys: [publicJwk] }, token_endpoint_auth_signing_alg: publicJwk.alg }),
  } as ClientMetadata;
}
