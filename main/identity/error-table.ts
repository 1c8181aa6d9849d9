import {
  ANSWERED,
  AT_AS,
  AT_IDP,
  AT_SERVER,
  CHECK_CLIENT,
  CHECK_CLOCK,
  type ErrorLeg,
  type ErrorRow,
  IDP_PASSING,
  IDP_REFUSED,
  idpSetup,
  KEEPS_TRYING,
  passing,
  RETURNED,
  type Rows,
  refusedToken,
  SIGN_IN_AGAIN,
  STEP_UP,
  serverSetup,
  signIn,
  stepUp,
} from './error-rows.ts';

export type { Behaviour, ErrorLeg, ErrorRow } from './error-rows.ts';

/** What every endpoint of the IdP may say when it is asked for a session (RFC 6749 sections 4.1.2.1 and 5.2). */
const idpRows = (said: string): Rows => ({
  invalid_client: idpSetup(said, CHECK_CLIENT),
  unauthorized_client: idpSetup(said, CHECK_CLIENT, 'idp-invalid-client'),
  invalid_scope: idpSetup(said, 'Check the scopes of identityProvider in the policy.'),
  // RFC 8707 section 2.
  invalid_target: idpSetup(said, "Check the client's registration at the identity provider."),
  temporarily_unavailable: passing(said, IDP_PASSING),
  server_error: passing(said, IDP_PASSING),
});

/** What the IdP wants the person for (OpenID Connect Core section 3.1.2.6). */
const interactionRows = (said: string, user: string): Rows => ({
  login_required: signIn(said, 'The person has to sign in again.', user),
  interaction_required: signIn(said, 'The person has to sign in again.', user),
  consent_required: signIn(
    said,
    'The person has to sign in again and consent; an administrator may consent for all.',
    user,
  ),
  account_selection_required: signIn(said, 'The person has to sign in again and choose an account.', user),
});

/** Whoever hears this of a session's refresh token has no session any more. */
const endingSession = (rows: Rows): Rows =>
  Object.fromEntries(Object.entries(rows).map(([error, row]) => [error, { ...row, behaviour: 'end-session' }]));

/** RFC 9449 sections 5 and 8, at a token endpoint. */
const dpopRows = (said: string, about: 'idp' | 'server'): Rows => ({
  invalid_dpop_proof: {
    ...(about === 'idp' ? idpSetup(said, CHECK_CLOCK) : serverSetup(said, CHECK_CLOCK)),
    behaviour: 'prove',
  },
  use_dpop_nonce: passing(said, about === 'idp' ? IDP_PASSING : KEEPS_TRYING, 'retry-with-nonce'),
});

/** What both legs of a mint have in common (RFC 6749 section 5.2, RFC 9396 section 5, RFC 9470 section 3). */
const mintRows = (said: string, client: string): Rows => ({
  ...interactionRows(said, SIGN_IN_AGAIN),
  ...dpopRows(said, 'server'),
  insufficient_user_authentication: stepUp(said, STEP_UP),
  invalid_client: serverSetup(said, client),
  invalid_scope: serverSetup(said, "Check the server's scopes in the policy against what is allowed there."),
  invalid_authorization_details: serverSetup(said, 'It demands authorization details, which Lanyard does not send.'),
  temporarily_unavailable: passing(said, KEEPS_TRYING),
  server_error: passing(said, KEEPS_TRYING),
  slow_down: passing(said, KEEPS_TRYING),
});

const AS_CLIENT = "Check clientId and authentication of the server's authorizationServer in the policy.";

/** Every error of every leg that a standard names. What each leg does about all others is in {@link UNKNOWN_ERRORS}. */
export const ERROR_TABLE: Readonly<Record<ErrorLeg, Rows>> = {
  // RFC 6749 section 4.1.2.1, OpenID Connect Core section 3.1.2.6, and its extension unmet_authentication_requirements.
  authorization: {
    ...idpRows(RETURNED),
    ...interactionRows(RETURNED, IDP_REFUSED),
    access_denied: {
      recovery: 'signed-out',
      behaviour: 'none',
      code: 'sign-in-cancelled',
      user: 'The sign-in was cancelled.',
      administrator: `${RETURNED} The person said no, or may not use this client.`,
    },
    invalid_request: idpSetup(RETURNED, "Check the client's registration, its redirect URIs first."),
    unsupported_response_type: idpSetup(RETURNED, 'The client must be allowed the authorization code flow.'),
    unmet_authentication_requirements: {
      recovery: 'denied',
      behaviour: 'none',
      user: 'Your account cannot sign in the way that is demanded. Ask your administrator.',
      administrator: `${RETURNED} The person has no means for the authentication context that was asked for.`,
    },
  },
  // RFC 8628 sections 3.2 and 3.5.
  device: {
    ...idpRows(ANSWERED),
    ...dpopRows(ANSWERED, 'idp'),
    authorization_pending: passing(ANSWERED, 'The sign-in is not finished yet. Enter the code that is shown.'),
    slow_down: passing(ANSWERED, IDP_PASSING),
    access_denied: signIn(ANSWERED, 'The person said no, or may not use this client.'),
    expired_token: signIn(ANSWERED, 'The code was not entered in time.', 'The code has expired. Sign in again.'),
    invalid_grant: signIn(ANSWERED, 'The device code is not known there.'),
    invalid_request: idpSetup(ANSWERED, "Check the client's registration at the identity provider."),
    unsupported_grant_type: idpSetup(ANSWERED, 'The client must be allowed the device flow (RFC 8628).'),
  },
  // RFC 6749 section 5.2.
  code: {
    ...idpRows(ANSWERED),
    ...dpopRows(ANSWERED, 'idp'),
    slow_down: passing(ANSWERED, IDP_PASSING),
    access_denied: signIn(ANSWERED, 'The person may not use this client.'),
    invalid_grant: signIn(ANSWERED, 'The code was used up, has expired, or was given to another client.'),
    invalid_request: idpSetup(ANSWERED, "Check the client's registration at the identity provider."),
    unsupported_grant_type: idpSetup(ANSWERED, 'The client must be allowed the authorization code flow.'),
  },
  // RFC 6749 section 5.2.
  refresh: {
    ...idpRows(ANSWERED),
    ...endingSession({
      ...interactionRows(ANSWERED, SIGN_IN_AGAIN),
      access_denied: signIn(ANSWERED, 'The identity provider does not renew this session any more.'),
      invalid_grant: signIn(ANSWERED, 'The refresh token was revoked, has expired, or was used before.', SIGN_IN_AGAIN),
    }),
    ...dpopRows(ANSWERED, 'idp'),
    slow_down: passing(ANSWERED, IDP_PASSING),
    insufficient_user_authentication: stepUp(ANSWERED, 'A stronger or more recent sign-in is needed. Sign in again.'),
    invalid_request: signIn(ANSWERED, 'A new sign-in gives another refresh token.'),
    unsupported_grant_type: idpSetup(ANSWERED, 'The client must be allowed the grant type refresh_token.'),
  },
  // RFC 8693 section 2.2.2, ID-JAG draft section 4.3.
  'token-exchange': {
    ...mintRows(AT_IDP, CHECK_CLIENT),
    invalid_grant: {
      ...signIn(AT_IDP, 'It does not accept the subject token, also after it was renewed.', SIGN_IN_AGAIN),
      behaviour: 'renew-subject-token',
    },
    access_denied: {
      recovery: 'denied',
      behaviour: 'none',
      user: 'Your company has not given you access to {title}. Ask your administrator if you need it.',
      administrator: `${AT_IDP} Assign the person, or a group of theirs, to {title} at the identity provider.`,
    },
    invalid_target: serverSetup(
      AT_IDP,
      "Check that it knows the authorization server's issuer and the server's resource identifier.",
    ),
    unauthorized_client: serverSetup(AT_IDP, 'Allow this client to ask for access to {title}, with these scopes.'),
    unsupported_grant_type: serverSetup(AT_IDP, 'Allow this client the grant type token-exchange (RFC 8693).'),
    invalid_request: serverSetup(AT_IDP, 'Check that it issues ID-JAGs, and from which kind of subject token.'),
  },
  // RFC 7523 section 3.1, ID-JAG draft section 4.4.
  'jwt-bearer': {
    ...mintRows(AT_AS, AS_CLIENT),
    invalid_grant: serverSetup(
      AT_AS,
      'It took neither of two new ID-JAGs: check that it trusts the identity provider, knows this client by the same clientId as the identity provider does, and that the person has signed in there before.',
      'fresh-id-jag-once',
    ),
    access_denied: {
      recovery: 'denied',
      behaviour: 'none',
      user: 'You have no account at {title} yet, or no licence for it. Ask your administrator.',
      administrator: `${AT_AS} Give the person an account and a licence there. Some services, Supabase and Auth0 among them, want the person to have signed in there once by single sign-on.`,
    },
    invalid_target: serverSetup(AT_AS, 'Check the resource identifier that the server names (RFC 9728).'),
    unauthorized_client: serverSetup(AT_AS, 'Allow this client the grant type jwt-bearer there.'),
    unsupported_grant_type: serverSetup(AT_AS, 'Enterprise-managed authorization must be switched on there.'),
    invalid_request: serverSetup(
      AT_AS,
      "Some refuse scope or resource here and some demand them: see quirks of the server's authorizationServer.",
    ),
  },
  // RFC 7009 section 2.2.1. The person is signed out here whatever the IdP says.
  revocation: {
    ...idpRows(ANSWERED),
    unsupported_token_type: idpSetup(ANSWERED, 'It does not revoke refresh tokens; they end by themselves.'),
    unsupported_grant_type: idpSetup(ANSWERED, "Check the client's registration at the identity provider."),
    invalid_request: idpSetup(ANSWERED, "Check the client's registration at the identity provider."),
    invalid_grant: idpSetup(ANSWERED, 'The refresh token belongs to another client.'),
  },
  // RFC 6750 section 3.1, RFC 9449 sections 7.1 and 9, RFC 9470 section 3. A 401 without an error is an invalid_token.
  server: {
    invalid_token: refusedToken('It does not take fresh tokens of its own authorization server.'),
    invalid_request: refusedToken('It does not take the way in which Lanyard shows its token.'),
    insufficient_scope: {
      recovery: 'denied',
      behaviour: 'widen-scope',
      code: 'scope-not-granted',
      user: '{title} does not allow you this (it asks for {scope}). Ask your administrator if you need it.',
      administrator: `${AT_SERVER} It asks for {scope} also when the access token was granted that.`,
    },
    insufficient_user_authentication: {
      ...stepUp(
        AT_SERVER,
        '{title} needs a stronger or more recent sign-in for this. Open Lanyard, or run "lanyard login", and sign in again.',
      ),
      code: 'server-step-up',
    },
    // The token is not to blame: it stays.
    invalid_dpop_proof: {
      ...serverSetup(AT_SERVER, CHECK_CLOCK),
      user: "{title} did not accept this computer's proof of your access. Check that the computer's clock is right; if it stays, tell your administrator.",
    },
    use_dpop_nonce: {
      recovery: 'retry',
      behaviour: 'retry-with-nonce',
      code: 'server-refuses-proof',
      user: "{title} did not accept this computer's proof of your access. Try again; if it stays, tell your administrator.",
      administrator: `${AT_SERVER} It was sent a DPoP proof with the nonce that it had just given.`,
    },
  },
};

/**
 * What each leg does about an error that nobody defined. A sign-in may well help against what the IdP says of a
 * session; on the legs of a mint and at the sign-out it is taken for a fault of the set-up: trying again would not
 * change it, and looking again after some minutes is cheap. At the server it is taken for a refused token: many have
 * words of their own for one that has expired or was revoked.
 */
export const UNKNOWN_ERRORS: Readonly<Record<ErrorLeg, ErrorRow>> = {
  authorization: signIn(RETURNED, 'Lanyard does not know this error.'),
  device: signIn(ANSWERED, 'Lanyard does not know this error.'),
  code: signIn(ANSWERED, 'Lanyard does not know this error.'),
  refresh: signIn(ANSWERED, 'Lanyard does not know this error.'),
  'token-exchange': serverSetup(AT_IDP, 'Lanyard does not know this error.'),
  'jwt-bearer': serverSetup(AT_AS, 'Lanyard does not know this error.'),
  revocation: idpSetup(ANSWERED, 'Lanyard does not know this error.'),
  server: refusedToken('Lanyard does not know this error.'),
};
