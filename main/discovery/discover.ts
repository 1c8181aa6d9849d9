import { assertMayLead } from '../egress/addresses.ts';
import type { Fetch } from '../egress/fetch.ts';
import {
  type AuthorizationServer,
  authorizationServerUrls,
  isSameIssuer,
  processAuthorizationServer,
  requestAuthorizationServer,
} from './authorization-server.ts';
import { parseChallenge } from './challenge.ts';
import { firstDocument, metadataProblem } from './get-json.ts';
import {
  type ProtectedResource,
  processProtectedResource,
  protectedResourceUrls,
  requestProtectedResource,
} from './protected-resource.ts';

/** Everything that must be known before a grant can be asked for. */
export interface ServerMetadata {
  /** RFC 9728 resource identifier, byte for byte. */
  readonly resource: string;
  readonly authorizationServer: AuthorizationServer;
  /** Whether the server takes no tokens but those that are bound to a key (RFC 9449). */
  readonly wantsBoundTokens?: boolean;
}

/** What discovery needs. */
export interface DiscoveryContext {
  readonly fetch: Fetch;
  readonly clock: () => number;
  readonly signal?: AbortSignal | undefined;
  /** Whether an issuer has the quirk `issuerSlash`; nobody has it where this is absent. */
  readonly ignoresSlash?: (issuer: string) => boolean;
}

// A server may keep its metadata elsewhere and say so in its challenge (RFC 9728 section 5.1). Only its own origin
// is believed: an open redirect on the server must not choose our authorization server.
async function challengedUrl(server: URL, { fetch, signal }: DiscoveryContext): Promise<URL | undefined> {
  const response = await fetch(server.href, { headers: { accept: 'text/event-stream' }, signal });
  const named = parseChallenge(response.headers.get('www-authenticate'))?.resource_metadata;
  if (!named || !URL.canParse(named)) return undefined;
  const url = new URL(named);
  return url.origin === server.origin ? url : undefined;
}

async function discoverProtectedResource(server: URL, context: DiscoveryContext): Promise<ProtectedResource> {
  const read = async (url: URL) =>
    processProtectedResource(
      url,
      server,
      await requestProtectedResource(url, context.fetch, context.signal),
      context.clock(),
    );
  // The well-known places come first: they need no unauthenticated request to the server itself.
  const places = protectedResourceUrls(server);
  const challenged = async () => {
    const url = await challengedUrl(server, context);
    return url && read(url);
  };
  const found = await firstDocument([...places, server], (place) => (place === server ? challenged() : read(place)));
  if (found) return found;
  throw metadataProblem(server, 'it has no protected resource metadata (RFC 9728)');
}

async function discoverAuthorizationServer(issuer: string, context: DiscoveryContext): Promise<AuthorizationServer> {
  const ignoresSlash = context.ignoresSlash?.(issuer) ?? false;
  const found = await firstDocument(authorizationServerUrls(issuer), async (url) => {
    const response = await requestAuthorizationServer(url, context.fetch, context.signal);
    return processAuthorizationServer(url, issuer, response, context.clock(), ignoresSlash);
  });
  if (found) return found;
  throw metadataProblem(new URL(issuer), 'it has no authorization server metadata (RFC 8414)');
}

/**
 * Chooses among the authorization servers that a server accepts: the one that policy pins, else the first.
 * `undefined` when the pinned one is not among them. Identical spelling goes before one with the quirk `issuerSlash`.
 */
export function chooseIssuer(
  offered: readonly string[],
  pinned: string | undefined,
  ignoresSlash = false,
): string | undefined {
  if (pinned === undefined) return offered[0];
  return offered.find((issuer) => issuer === pinned) ?? offered.find((it) => isSameIssuer(it, pinned, ignoresSlash));
}

/**
 * Finds a server's resource identifier and its authorization server: RFC 9728, then RFC 8414.
 *
 * @param pinnedIssuer the issuer that policy demands, if it does.
 * @throws {LanyardError} `metadata-invalid`, `address-refused` (misconfigured); network and `answer-…` faults (retry).
 */
export async function discoverServer(
  server: URL,
  pinnedIssuer: string | undefined,
  context: DiscoveryContext,
): Promise<ServerMetadata> {
  const { resource, authorizationServers, wantsBoundTokens } = await discoverProtectedResource(server, context);
  const issuer = chooseIssuer(
    authorizationServers,
    pinnedIssuer,
    pinnedIssuer !== undefined && context.ignoresSlash?.(pinnedIssuer),
  );
  if (issuer === undefined)
    throw metadataProblem(
      server,
      `it names ${authorizationServers.join(', ')} as authorization server, not ${pinnedIssuer} as the policy demands`,
    );
  assertMayLead(server, new URL(issuer));
  const authorizationServer = await discoverAuthorizationServer(issuer, context);
  return { resource, authorizationServer, ...(wantsBoundTokens && { wantsBoundTokens }) };
}
