import { z } from 'zod';
import type { Fetch } from '../egress/fetch.ts';
import { metadataProblem, processMetadata, requestMetadata, urlIdentifierSchema } from './get-json.ts';

/** The part of RFC 9728 metadata that we use; strings stay byte for byte as served. */
const protectedResourceSchema = z.object({
  resource: urlIdentifierSchema,
  authorization_servers: z.array(urlIdentifierSchema).min(1).max(20),
  dpop_bound_access_tokens_required: z.boolean().optional().catch(undefined),
});

/** What a server says of itself (RFC 9728 section 2). */
export interface ProtectedResource {
  /** The resource identifier, byte for byte: it goes into the ID-JAG as `resource`. */
  readonly resource: string;
  /** Issuer identifiers of the authorization servers it accepts. */
  readonly authorizationServers: readonly string[];
  /** Whether it takes no tokens but those that are bound to a key (RFC 9449). */
  readonly wantsBoundTokens?: boolean;
}

/** Where a server's metadata lies: with its path inserted, then at the root (RFC 9728 section 3.1). */
export function protectedResourceUrls(server: URL): readonly URL[] {
  const root = new URL('/.well-known/oauth-protected-resource', server);
  const path = server.pathname.replace(/\/$/, '');
  return path === '' ? [root] : [new URL(`${root.pathname}${path}${server.search}`, server), root];
}

/** See {@link requestMetadata}. */
export const requestProtectedResource: (url: URL, fetch: Fetch, signal?: AbortSignal) => Promise<Response> =
  requestMetadata;

/**
 * Whether tokens for `resource` may be sent to `server`: the same origin, and a path at or above the server's
 * (RFC 9728 section 3.3 asks for identity; MCP servers commonly name their origin for all of their paths).
 */
export function isResourceOf(resource: string, server: URL): boolean {
  if (!URL.canParse(resource)) return false;
  const { origin, pathname, search, hash } = new URL(resource);
  if (origin !== server.origin || hash !== '') return false;
  // A query that the identifier names tells one of several servers at the same path from the others.
  if (search !== '' && search !== server.search) return false;
  const base = pathname.replace(/\/$/, '');
  return (
    server.pathname === pathname ||
    server.pathname.replace(/\/$/, '') === base ||
    server.pathname.startsWith(`${base}/`)
  );
}

/**
 * Judges the answer to {@link requestProtectedResource}; `undefined` where there is no such document.
 *
 * @throws {LanyardError} `metadata-invalid` also when the document speaks for another server: its word must not
 * decide where our grants for this one come from.
 */
export async function processProtectedResource(
  url: URL,
  server: URL,
  response: Response,
  now: number,
): Promise<ProtectedResource | undefined> {
  const document = await processMetadata(url, protectedResourceSchema, response, now);
  if (!document) return undefined;
  if (!isResourceOf(document.resource, server))
    throw metadataProblem(url, `its resource "${document.resource}" is not the server ${server.href}`);
  return {
    resource: document.resource,
    authorizationServers: document.authorization_servers,
    ...(document.dpop_bound_access_tokens_required && { wantsBoundTokens: true }),
  };
}
