import { z } from 'zod';
import { assertMayLead } from '../egress/addresses.ts';
import type { Fetch } from '../egress/fetch.ts';
import {
  identifierSchema,
  metadataProblem,
  processMetadata,
  requestMetadata,
  urlIdentifierSchema,
} from './get-json.ts';

/** RFC 8414 section 2, the part that we use. Unknown fields stay: oauth4webapi reads more of them. */
const authorizationServerSchema = z.looseObject({
  issuer: identifierSchema,
  token_endpoint: urlIdentifierSchema,
});

/** Validated metadata of an authorization server. */
export interface AuthorizationServer {
  /** The server's own spelling: identical to the identifier it was looked up by, but for a quirk of the last "/". */
  readonly issuer: string;
  readonly token_endpoint: string;
}

/** Where an issuer's metadata may lie, in the order of MCP 2025-11-25 and later (RFC 8414 section 3, OIDC Discovery). */
export function authorizationServerUrls(issuer: string): readonly URL[] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  // Put together as text: resolved against the origin, a path that begins with "//" would name another host.
  const at = (suffix: string) => new URL(`${origin}${suffix}`);
  return path === ''
    ? [at('/.well-known/oauth-authorization-server'), at('/.well-known/openid-configuration')]
    : [
        at(`/.well-known/oauth-authorization-server${path}`),
        at(`/.well-known/openid-configuration${path}`),
        at(`${path}/.well-known/openid-configuration`),
      ];
}

/**
 * Whether two spellings name one issuer: identical to the letter (RFC 8414 section 3.3), or with the quirk
 * `issuerSlash` apart by exactly one "/" at the end.
 */
export function isSameIssuer(one: string, other: string, ignoresSlash: boolean): boolean {
  return one === other || (ignoresSlash && (one === `${other}/` || other === `${one}/`));
}

/** See {@link requestMetadata}. */
export const requestAuthorizationServer: (url: URL, fetch: Fetch, signal?: AbortSignal) => Promise<Response> =
  requestMetadata;

/**
 * Judges the answer to {@link requestAuthorizationServer}; `undefined` where there is no such document. The issuer
 * inside is compared as a string, without any normalising (RFC 8414 section 3.3): "https://a" and "https://a/" are
 * two issuers, and taking one for the other is how tokens go astray.
 *
 * @param ignoresSlash the quirk `issuerSlash`: see {@link isSameIssuer}.
 * @throws {LanyardError} `metadata-invalid`, `address-refused`, `answer-unusable`.
 */
export async function processAuthorizationServer(
  url: URL,
  issuer: string,
  response: Response,
  now: number,
  ignoresSlash = false,
): Promise<AuthorizationServer | undefined> {
  const document = await processMetadata(url, authorizationServerSchema, response, now);
  if (!document) return undefined;
  if (!isSameIssuer(document.issuer, issuer, ignoresSlash))
    throw metadataProblem(url, `its issuer "${document.issuer}" is not identical to "${issuer}"`);
  assertMayLead(new URL(issuer), new URL(document.token_endpoint));
  return document;
}
