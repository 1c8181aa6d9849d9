import { randomBytes } from 'node:crypto';
import type { Configuration, KoaContextWithOIDC } from 'oidc-provider';
import { AUTHENTICATION_METHODS } from '../authentication.ts';
import { type DpopParty, dpopMetadata } from '../dpop/party.ts';
import type { SigningKey } from '../keys.ts';
import type { Settings } from '../options.ts';
import { renderConfirmPage, renderConnectedPage, renderUserCodePage } from '../pages/device-pages.ts';
import { renderErrorPage, renderSignedOutPage, renderSignOutPage } from '../pages/other-pages.ts';
import type { Directory } from '../people.ts';
import { DEVICE_CODE, ID_JAG } from '../protocol.ts';
import { refuseTimes } from './assertion-times.ts';
import { ACR_VALUES, signInPolicy } from './assurance.ts';
import { clientMetadata, type IdpClients } from './clients.ts';
import { refuseAudience } from './quirks.ts';
import { SIGN_IN_PATH } from './sign-in.ts';
import type { IdpStorage } from './storage.ts';

/** What the IdP's configuration is made from. */
export interface IdpParts {
  readonly issuer: string;
  readonly settings: Settings;
  readonly directory: Directory;
  readonly clients: IdpClients;
  readonly storage: IdpStorage;
  readonly signingKey: SigningKey;
  readonly dpop: DpopParty;
}

const COOKIE_KEY_BYTES = 32;
const MINUTE_SECONDS = 60;
const CODE_SECONDS = MINUTE_SECONDS;
const SIGN_IN_SECONDS = 60 * MINUTE_SECONDS;
const BROWSER_SESSION_SECONDS = 12 * 60 * MINUTE_SECONDS;
/** oidc-provider, which goes by the machine's clock, leaves the times in client assertions to us. */
const CLOCK_TOLERANCE_SECONDS = 365 * 24 * 60 * MINUTE_SECONDS;
const DEVICE_CODE_SECONDS = 10 * MINUTE_SECONDS;
const USER_CODE_MASK = '****-****';
const OIDC_SCOPES = ['openid', 'profile', 'email', 'offline_access'];

/**
 * oidc-provider's configuration. Everything that it would announce on the console when left at its
 * default is decided here, which is what keeps it silent.
 */
export function idpConfiguration(parts: IdpParts): Configuration {
  const { settings, directory, clients, storage, signingKey } = parts;
  const { name, lifetimes } = settings;
  return {
    adapter: storage.adapter,
    jwks: { keys: [signingKey.privateJwk] } as NonNullable<Configuration['jwks']>,
    clients: Object.values(clients).map((client) =>
      clientMetadata(client, settings.redirectUris, settings.postLogoutRedirectUris),
    ),
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    assertJwtClientAuthClaimsAndHeader: (_ctx, claims) => {
      refuseAudience(parts, claims.aud);
      refuseTimes(claims, settings.clock);
    },
    clientAuthMethods: [...AUTHENTICATION_METHODS],
    cookies: { keys: [randomBytes(COOKIE_KEY_BYTES).toString('base64url')] },
    scopes: OIDC_SCOPES,
    acrValues: [...ACR_VALUES],
    claims: {
      openid: ['sub', 'acr', 'amr'],
      email: ['email', 'email_verified'],
      profile: ['name', 'preferred_username'],
    },
    // The company's clients read name and address from the ID token, as with the larger IdPs.
    conformIdTokenClaims: false,
    findAccount: (_ctx, subject) => {
      const person = directory.bySubject(subject);
      if (!person) return undefined;
      const { email, displayName, username } = person;
      const claims = { email, email_verified: true, name: displayName, preferred_username: username };
      return { accountId: subject, claims: () => ({ sub: subject, ...claims }) };
    },
    loadExistingGrant: grantEverything,
    interactions: {
      policy: signInPolicy(),
      url: (_ctx, interaction) => `${SIGN_IN_PATH}/${interaction.uid}`,
    },
    rotateRefreshToken: settings.rotateRefreshTokens,
    expiresWithSession: () => false,
    clientBasedCORS: () => false,
    discovery: {
      identity_chaining_requested_token_types_supported: [ID_JAG],
      ...dpopMetadata(parts.dpop),
    } as NonNullable<Configuration['discovery']>,
    renderError: (ctx, { error, error_description: description }) => {
      html(ctx, renderErrorPage(name, error, description));
    },
    features: features(name),
    ttl: {
      AccessToken: lifetimes.idTokenSeconds,
      AuthorizationCode: CODE_SECONDS,
      ClientCredentials: lifetimes.idTokenSeconds,
      DeviceCode: DEVICE_CODE_SECONDS,
      Grant: lifetimes.refreshTokenSeconds,
      IdToken: lifetimes.idTokenSeconds,
      Interaction: SIGN_IN_SECONDS,
      RefreshToken: lifetimes.refreshTokenSeconds,
      Session: BROWSER_SESSION_SECONDS,
    },
  };
}

function features(company: string): NonNullable<Configuration['features']> {
  return {
    devInteractions: { enabled: false },
    // Proofs are judged by the company's clock; oidc-provider would go by the machine's.
    dPoP: { enabled: false },
    // Servers are named at the token exchange only; a `resource` at sign-in is ignored, as RFC 8707 allows.
    resourceIndicators: { enabled: false },
    deviceFlow: {
      enabled: true,
      charset: 'base-20',
      mask: USER_CODE_MASK,
      userCodeInputSource: (ctx, form, _out, error) => html(ctx, renderUserCodePage(company, form, error?.name)),
      userCodeConfirmSource: (ctx, form, client, _info, userCode) =>
        html(ctx, renderConfirmPage(company, form, client.clientName ?? client.clientId, userCode)),
      successSource: (ctx) => html(ctx, renderConnectedPage(company, ctx.oidc.client?.clientName ?? DEVICE_CODE)),
    },
    revocation: {
      enabled: true,
      allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
    },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: (ctx, form) => html(ctx, renderSignOutPage(company, form)),
      postLogoutSuccessSource: (ctx) => html(ctx, renderSignedOutPage(company)),
    },
  };
}

/** Consent is the administrator's here, so every sign-in starts with a grant of all the IdP's own scopes. */
async function grantEverything(ctx: KoaContextWithOIDC) {
  const { provider, session, client } = ctx.oidc;
  if (!session?.accountId || !client) return undefined;
  const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId });
  grant.addOIDCScope(OIDC_SCOPES.join(' '));
  await grant.save();
  return grant;
}

function html(ctx: KoaContextWithOIDC, page: string): void {
  ctx.type = 'html';
  ctx.body = page;
}
