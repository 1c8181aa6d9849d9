import type { SignInView } from '../../shared/local-api.ts';
import { isSecureUrl } from '../../shared/urls.ts';
import type { IdentityProvider } from '../identity/provider.ts';

/** More than any IdP needs; metadata comes from outside. */
const ORIGINS_LIMIT = 8;

/**
 * Origins, besides the issuer's own, on which the IdP places pages for people: for signing in and out as its metadata
 * names them (OpenID Connect Discovery section 3, RP-Initiated Logout section 2.1), and where a device's code is typed
 * in as it said when it gave that code (RFC 8628 section 3.2). Empty before the metadata was read. Plain http counts
 * only where the issuer itself is plain, on this machine.
 */
export function signInOrigins(
  { issuer, pages }: Pick<IdentityProvider, 'issuer' | 'pages'>,
  signIn: Pick<SignInView, 'method' | 'url'> | null,
): string[] {
  const own = new URL(issuer);
  const addresses = [...pages, ...(signIn?.method === 'device' ? [signIn.url] : [])];
  const origins = addresses
    .filter(isSecureUrl)
    .map((address) => new URL(address))
    .filter(({ protocol }) => protocol === 'https:' || own.protocol === 'http:')
    .map(({ origin }) => origin)
    .filter((origin) => origin !== own.origin);
  return [...new Set(origins)].slice(0, ORIGINS_LIMIT);
}
