import { isLoopbackHost, isSecureUrl } from '../../shared/urls.ts';

/** Where a company's people sign in, as the agent tells it. */
export interface SignInPlaces {
  /** Issuer identifier of the identity provider, an address of it. */
  readonly identityProvider: string;
  /** Origins on which its metadata places its pages, where they are others; an older agent tells none. */
  readonly signInOrigins: readonly string[];
}

const isLoopback = (address: string): boolean => isLoopbackHost(new URL(address).hostname);

/**
 * Whether the desktop may hand this address to the system browser: https on an origin of the company's identity
 * provider; http, or loopback at all, only where the provider itself is on loopback. So nothing that reaches us over the
 * Local API makes the system open a file, a program's own scheme, a page that some program of this machine serves, or
 * somebody else's page that looks like the company's.
 */
export function isSignInAddress(address: string, { identityProvider, signInOrigins }: SignInPlaces): boolean {
  if (!isSecureUrl(address) || !isSecureUrl(identityProvider)) return false;
  if (isLoopback(address) && !isLoopback(identityProvider)) return false;
  const { origin } = new URL(address);
  return origin === new URL(identityProvider).origin || signInOrigins.includes(origin);
}
