import type { AuthorizationServer } from 'oauth4webapi';
import { LanyardError } from '../../shared/errors.ts';
import type { PolicyServer } from '../../shared/policy.ts';
import type { DpopUse } from '../../shared/quirks.ts';
import { discoverServer, type ServerMetadata } from '../discovery/discover.ts';
import type { MetadataCache } from '../discovery/metadata-cache.ts';
import type { Fetch } from '../egress/fetch.ts';
import { clientAuthentication } from '../identity/client-authentication.ts';
import type { Dpop } from '../identity/dpop.ts';
import { behaviourAfter } from '../identity/error-table-judgement.ts';
import { identityFault } from '../identity/faults.ts';
import type { IdentityProvider } from '../identity/provider.ts';
import { quirksOf } from '../identity/quirk-profiles.ts';
import type { SessionOwner, Subject } from '../identity/session-owner.ts';
import type { GrantRecord } from '../vault/contents.ts';
import { checkIdJag } from './binding.ts';
import { type AccessToken, processAccessTokenResponse, requestAccessToken } from './jwt-bearer.ts';
import type { Leg } from './oauth-answer.ts';
import { type ProofUse, sendWithProof } from './proofs.ts';
import { type IdJag, processIdJagResponse, requestIdJag } from './token-exchange.ts';

/** Everything a mint works with. */
export interface MintContext {
  readonly provider: IdentityProvider;
  readonly session: SessionOwner;
  readonly metadata: MetadataCache;
  readonly dpop: Dpop;
  readonly fetch: Fetch;
  readonly clock: () => number;
}

/** What one mint is about. */
export interface MintOptions {
  /** Asked for besides those of policy: what the server demanded in a challenge. */
  readonly extraScopes: readonly string[];
  /** Ends every request that is under way, as at a sign-out. */
  readonly signal: AbortSignal;
  /** Called for each ID-JAG that the IdP issued, used or not: they are what is scarce. */
  readonly onIdJag: () => void;
}

/** One mint under way. */
interface Mint extends MintContext, MintOptions {
  readonly server: PolicyServer;
  /** Whose clock had to be learnt from a refusal. */
  readonly corrected: Set<string>;
}

/** An ID-JAG, and from what it came. */
interface Issued {
  /** Whose it is. */
  readonly person: string;
  readonly idJag: IdJag;
  /** Whether it may be bound to our key. */
  readonly isBound: boolean;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** The quirks of a server's AS. */
function asQuirks({ authorizationServer }: PolicyServer, issuer: string) {
  return quirksOf({ ...authorizationServer, issuer });
}

function askedScopes({ server, extraScopes }: Mint): readonly string[] {
  return [...new Set([...server.scopes, ...extraScopes])];
}

function answerer(leg: Leg, issuer: string, { server: { title }, clock }: Mint) {
  return { leg, issuer, title, now: clock() };
}

function readMetadata(mint: Mint): Promise<ServerMetadata> {
  const { server, metadata, fetch, clock, signal } = mint;
  const ignoresSlash = (issuer: string) => asQuirks(server, issuer).issuerSlash === 'ignore';
  const context = { fetch, clock, signal, ignoresSlash };
  return metadata.get(
    server.name,
    () => discoverServer(new URL(server.url), server.authorizationServer.issuer, context),
    signal,
  );
}

function prove(use: DpopUse, issuer: string, isDemanded: boolean, { dpop, metadata }: Mint): ProofUse {
  return { dpop, use, issuer, isDemanded, memory: metadata };
}

async function exchange(subject: Subject, server: ServerMetadata, mint: Mint): Promise<Issued> {
  const { provider, fetch, signal, onIdJag, clock, dpop, corrected } = mint;
  const configuration = await provider.configuration();
  const { policy, issuer } = provider;
  const use = policy.dpop;
  const endpoint = {
    authorizationServer: configuration.serverMetadata() as AuthorizationServer,
    clientId: policy.clientId,
    clientAuthentication: await clientAuthentication(policy.authentication, quirksOf(policy), fetch.timeAt),
    fetch,
    signal,
    corrected,
  };
  const parameters = {
    subjectToken: subject.token,
    subjectTokenType: subject.type,
    audience: server.authorizationServer.issuer,
    resource: server.resource,
    scopes: askedScopes(mint),
  };
  const { response, isProved } = await sendWithProof(
    prove(use, issuer, server.wantsBoundTokens === true, mint),
    (handle) => requestIdJag({ ...endpoint, dpop: handle }, parameters),
  );
  const who = answerer('token-exchange', issuer, mint);
  const idJag = await processIdJagResponse(response, who);
  onIdJag();
  const isBound = await checkIdJag(idJag.assertion, { use, isProved }, who, dpop);
  return { person: subject.session.subject, idJag, isBound, until: clock() + idJag.expiresInSeconds * 1000 };
}

// A subject token that is good by this machine's clock may be too old by the IdP's, or be revoked: a new one tells.
async function exchangeFresh(metadata: ServerMetadata, mint: Mint): Promise<Issued> {
  const { session } = mint;
  const refuses = (error: unknown) => behaviourAfter('token-exchange', error) === 'renew-subject-token';
  const first = await session.fresh();
  try {
    return await exchange(first, metadata, mint);
  } catch (error) {
    if (!refuses(error)) throw error;
  }
  const second = await session.fresh(first.token);
  try {
    return await exchange(second, metadata, mint);
  } catch (error) {
    if (error instanceof LanyardError && refuses(error)) session.refused(second, error);
    throw error;
  }
}

async function redeem({ idJag, isBound }: Issued, metadata: ServerMetadata, mint: Mint): Promise<AccessToken> {
  const { authorizationServer, resource, wantsBoundTokens } = metadata;
  const { server, fetch, signal, corrected } = mint;
  const { issuer } = authorizationServer;
  const { clientId, authentication, dpop: use } = server.authorizationServer;
  const quirks = asQuirks(server, issuer);
  const endpoint = {
    authorizationServer: authorizationServer as AuthorizationServer,
    clientId,
    clientAuthentication: await clientAuthentication(authentication, quirks, fetch.timeAt),
    fetch,
    signal,
    corrected,
  };
  const parameters = { assertion: idJag.assertion, resource, scope: idJag.scope ?? askedScopes(mint).join(' ') };
  const { response, isProved } = await sendWithProof(prove(use, issuer, wantsBoundTokens || isBound, mint), (handle) =>
    requestAccessToken({ ...endpoint, dpop: handle }, parameters, quirks),
  );
  return processAccessTokenResponse(response, answerer('jwt-bearer', issuer, mint), { use, isProved });
}

// Where the AS takes an ID-JAG more than once, an answer that was lost need not cost another one.
async function redeemOnce(issued: Issued, metadata: ServerMetadata, mint: Mint): Promise<AccessToken> {
  try {
    return await redeem(issued, metadata, mint);
  } catch (error) {
    const { idJagReuse } = asQuirks(mint.server, metadata.authorizationServer.issuer);
    const mayRepeat = idJagReuse === 'while-valid' && issued.until > mint.clock() && !mint.signal.aborted;
    if (!mayRepeat || !wasLost(error)) throw error;
    return redeem(issued, metadata, mint);
  }
}

/** Whether the AS may have answered without our hearing it; whoever asked for a pause was heard. */
function wasLost(error: unknown): boolean {
  if (!(error instanceof LanyardError) || error.recovery?.kind !== 'retry') return false;
  return error.recovery.afterMs === undefined && /^network-|^answer-unusable$/.test(error.code);
}

async function mintOnce(mint: Mint): Promise<GrantRecord> {
  const { clock, extraScopes } = mint;
  const metadata = await readMetadata(mint);
  const issued = await exchangeFresh(metadata, mint);
  const token = await redeemOnce(issued, metadata, mint);
  // The IdP may grant less than was asked for, and the AS less than that.
  const scope = token.scope ?? issued.idJag.scope;
  return {
    subject: issued.person,
    accessToken: token.accessToken,
    tokenType: token.tokenType,
    ...(scope !== undefined && { scope }),
    ...(extraScopes.length > 0 && { extraScopes: [...extraScopes] }),
    mintedAt: clock(),
    expiresAt: clock() + token.expiresInSeconds * 1000,
    resource: metadata.resource,
    authorizationServer: metadata.authorizationServer.issuer,
  };
}

/**
 * Mints one access token: an ID-JAG from the IdP, redeemed at the server's AS. Where the AS refuses the ID-JAG, one
 * fresh one is tried with metadata read anew, since keys and issuers do get changed.
 *
 * @throws {LanyardError} always with a `recovery`; but where `signal` ended it, its reason.
 */
export async function mintGrant(
  server: PolicyServer,
  options: MintOptions,
  context: MintContext,
): Promise<GrantRecord> {
  const mint: Mint = { ...context, ...options, server, corrected: new Set() };
  const { metadata, provider, signal } = mint;
  try {
    signal.throwIfAborted();
    return await mintOnce(mint).catch((error: unknown) => {
      if (behaviourAfter('jwt-bearer', error) !== 'fresh-id-jag-once') throw error;
      metadata.drop(server.name);
      return mintOnce(mint);
    });
  } catch (thrown) {
    if (signal.aborted) throw signal.reason;
    const error = thrown instanceof LanyardError ? thrown : identityFault(provider.issuer, thrown);
    // Whoever mends it may do so in the metadata, so the next try does not go by what was read before.
    if (error.recovery?.kind === 'blocked' && error.recovery.reason === 'misconfigured') metadata.drop(server.name);
    throw error;
  }
}
