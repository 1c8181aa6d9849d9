import {
  allowInsecureRequests,
  type ClientAuth,
  ClientError,
  Configuration,
  clockSkew,
  clockTolerance,
  customFetch,
  discovery,
  type ServerMetadata,
} from 'openid-client';
import { LanyardError } from '../../shared/errors.ts';
import type { PolicyIdentityProvider } from '../../shared/policy.ts';
import { assertMayLead } from '../egress/addresses.ts';
import type { Fetch } from '../egress/fetch.ts';
import { clientAuthentication, tokenOrigin } from './client-authentication.ts';
import type { Dpop } from './dpop.ts';
import { identityFault } from './faults.ts';
import { createSendGrant, type SendGrant } from './proved-grants.ts';
import { quirksOf } from './quirk-profiles.ts';

/** How long the IdP's metadata is believed, in ms. */
const METADATA_LIFE_MS = 60 * 60 * 1000;

/**
 * How far this machine's clock and the IdP's may be apart, in seconds: laptops wake with clocks that are minutes off, and
 * an ID token that came straight from the IdP is not less genuine for it.
 */
const CLOCK_TOLERANCE_SECONDS = 5 * 60;

/** Where tokens and our credentials are sent: behind a badly set up gateway, metadata names these with plain http. */
const TOKEN_ENDPOINTS = ['token_endpoint', 'revocation_endpoint', 'device_authorization_endpoint'] as const;

/** Where people are sent: to sign in, and to end the session there too. */
const PAGES = ['authorization_endpoint', 'end_session_endpoint'] as const;

/** A wrong issuer is quoted up to here, in characters: it comes from outside. */
const LONGEST_ISSUER = 200;

/** Gives the IdP's configuration, discovered at first use and again when it has grown old. */
export interface IdentityProvider {
  readonly issuer: string;
  readonly policy: PolicyIdentityProvider;
  /**
   * A configuration for the caller alone, whose checks go by the agent's clock as it is now.
   *
   * @throws {LanyardError} network faults and `answer-unusable` (retry), `idp-metadata`, `address-refused`
   * (misconfigured).
   */
  configuration(): Promise<Configuration>;
  /** Addresses of the pages for people that its metadata names; empty before that was read. */
  readonly pages: readonly string[];
  /** Has a grant sent as the IdP wants it; throws what that throws. */
  readonly sendGrant: SendGrant;
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

/** What was discovered, and what goes with it. */
interface Discovered {
  readonly metadata: ServerMetadata;
  readonly authentication: ClientAuth;
}

function sendBy(fetch: Fetch): NonNullable<Configuration[typeof customFetch]> {
  return (url, { method, headers, body, signal }) =>
    fetch(url, { headers, body, signal, ...(method !== undefined && { method }) });
}

/** The policy schema lets plain http pass for loopback alone; nothing leaves the machine there. */
const isPlain = (policy: PolicyIdentityProvider) => new URL(policy.issuer).protocol === 'http:';

async function discoverProvider(policy: PolicyIdentityProvider, fetch: Fetch): Promise<Discovered> {
  const issuer = new URL(policy.issuer);
  const authentication = await clientAuthentication(policy.authentication, quirksOf(policy), fetch.timeAt);
  const configuration = await discovery(issuer, policy.clientId, undefined, authentication, {
    [customFetch]: sendBy(fetch),
    ...(isPlain(policy) && { execute: [allowInsecureRequests] }),
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
  // As plain data: what openid-client adds to it are functions, which a configuration does not take.
  return { metadata: JSON.parse(JSON.stringify(metadata)) as ServerMetadata, authentication };
}

function configure(
  policy: PolicyIdentityProvider,
  { metadata, authentication }: Discovered,
  fetch: Fetch,
  now: number,
): Configuration {
  const clocks = {
    [clockSkew]: Math.floor(now / 1000) - Math.floor(Date.now() / 1000),
    [clockTolerance]: CLOCK_TOLERANCE_SECONDS,
  };
  const configuration = new Configuration(metadata, policy.clientId, clocks, authentication);
  configuration[customFetch] = sendBy(fetch);
  if (isPlain(policy)) allowInsecureRequests(configuration);
  return configuration;
}

/**
 * The identity provider that `policy` names. Nothing is sent until it is needed.
 *
 * @param dpop makes the proofs for its token endpoint; none are sent without it.
 * @param onLearnt hears that {@link IdentityProvider.pages} are known, or other ones than before.
 */
export function createIdentityProvider(
  policy: PolicyIdentityProvider,
  fetch: Fetch,
  clock: () => number,
  dpop?: Pick<Dpop, 'handle'>,
  onLearnt: () => void = () => {},
): IdentityProvider {
  let readsOurDates: string | undefined;
  let pages: readonly string[] = [];
  const learnPages = (metadata: ServerMetadata) => {
    const named = PAGES.flatMap((name) => metadata[name] ?? []);
    if (named.join() === pages.join()) return;
    pages = named;
    onLearnt();
  };
  let held: { readonly discovered: Promise<Discovered>; readonly until: number } | undefined;
  const discovered = (): Promise<Discovered> => {
    if (held && held.until > clock()) return held.discovered;
    const entry = { discovered: discoverProvider(policy, fetch), until: clock() + METADATA_LIFE_MS };
    held = entry;
    entry.discovered.then(
      ({ metadata }) => {
        readsOurDates = tokenOrigin(metadata);
        learnPages(metadata);
      },
      () => {
        if (held === entry) held = undefined;
      },
    );
    return entry.discovered;
  };
  const skew = () => (readsOurDates === undefined ? undefined : fetch.skewOf?.(readsOurDates));
  return {
    issuer: policy.issuer,
    policy,
    get pages() {
      return pages;
    },
    configuration: async () => configure(policy, await discovered(), fetch, clock()),
    sendGrant: createSendGrant(policy.issuer, policy.dpop, dpop, skew),
  };
}
