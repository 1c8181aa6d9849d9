import { allowInsecureRequests, ClientError, type Configuration, customFetch, discovery } from 'openid-client';
import { LanyardError } from '../../shared/errors.ts';
import type { PolicyIdentityProvider } from '../../shared/policy.ts';
import { assertMayLead } from '../egress/addresses.ts';
import type { Fetch } from '../egress/fetch.ts';
import { clientAuthentication } from './client-authentication.ts';
import { identityFault } from './faults.ts';

/** How long the IdP's metadata is believed, in ms. */
const METADATA_LIFE_MS = 60 * 60 * 1000;

/** Where tokens and our credentials are sent: behind a badly set up gateway, metadata names these with plain http. */
const TOKEN_ENDPOINTS = ['token_endpoint', 'revocation_endpoint', 'device_authorization_endpoint'] as const;

/** A wrong issuer is quoted up to here, in characters: it comes from outside. */
const LONGEST_ISSUER = 200;

/** Gives the IdP's configuration, discovered at first use and again when it has grown old. */
export interface IdentityProvider {
  readonly issuer: string;
  readonly policy: PolicyIdentityProvider;
  /** @throws {LanyardError} network faults and `answer-unusable` (retry), `idp-metadata`, `address-refused` (misconfigured). */
  configuration(): Promise<Configuration>;
}

function otherIssuer(expected: string, found: string): LanyardError {
  return new LanyardError({
    code: 'idp-metadata',
    user: 'The company policy on this computer does not fit the sign-in service. Tell your administrator.',
    administrator: `The policy's issuer is "${expected}", the identity provider calls itself "${found}"; they must be identical.`,
    recovery: { kind: 'blocked', reason: 'misconfigured' },
  });
}

/** The issuer in metadata that openid-client refused for it. */
function refusedIssuer(cause: unknown): string | undefined {
  if (!(cause instanceof ClientError) || cause.code !== 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED') return undefined;
  const inner = cause.cause instanceof Error ? cause.cause.cause : cause.cause;
  const { body } = (inner ?? {}) as { body?: { issuer?: unknown } };
  return String(body?.issuer ?? 'something else').slice(0, LONGEST_ISSUER);
}

async function discoverProvider(policy: PolicyIdentityProvider, fetch: Fetch): Promise<Configuration> {
  const issuer = new URL(policy.issuer);
  const authentication = await clientAuthentication(policy.authentication);
  const configuration = await discovery(issuer, policy.clientId, undefined, authentication, {
    [customFetch]: (url, { method, headers, body, signal }) =>
      fetch(url, { headers, body, signal, ...(method !== undefined && { method }) }),
    // The policy schema lets plain http pass for loopback alone; nothing leaves the machine there.
    ...(issuer.protocol === 'http:' && { execute: [allowInsecureRequests] }),
  }).catch((cause: unknown) => {
    const found = refusedIssuer(cause);
    throw found === undefined ? identityFault(policy.issuer, cause) : otherIssuer(policy.issuer, found);
  });
  // openid-client compares issuers after normalising; the standard wants them identical (OIDC Discovery 4.3).
  const metadata = configuration.serverMetadata();
  if (metadata.issuer !== policy.issuer) throw otherIssuer(policy.issuer, metadata.issuer);
  for (const endpoint of TOKEN_ENDPOINTS) {
    const address = metadata[endpoint];
    if (address !== undefined && URL.canParse(address)) assertMayLead(issuer, new URL(address));
  }
  return configuration;
}

/** The identity provider that `policy` names. Nothing is sent until it is needed. */
export function createIdentityProvider(
  policy: PolicyIdentityProvider,
  fetch: Fetch,
  clock: () => number,
): IdentityProvider {
  let held: { readonly configuration: Promise<Configuration>; readonly until: number } | undefined;
  return {
    issuer: policy.issuer,
    policy,
    configuration: () => {
      if (held && held.until > clock()) return held.configuration;
      const entry = { configuration: discoverProvider(policy, fetch), until: clock() + METADATA_LIFE_MS };
      held = entry;
      entry.configuration.catch(() => {
        if (held === entry) held = undefined;
      });
      return entry.configuration;
    },
  };
}
