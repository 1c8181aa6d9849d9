import { isLoopbackHost, isSecureUrl } from '../../shared/urls.ts';

const isLoopback = (address: string): boolean => isLoopbackHost(new URL(address).hostname);

/**
 * Whether the desktop may hand this address to the system browser: https, or http on loopback; on loopback only where
 * the company's identity provider is there too. So nothing that reaches us over the Local API makes the system open a
 * file, a program's own scheme, or a page that some program of this machine serves. The host is the agent's to judge:
 * many a provider has its pages on another host than its issuer.
 */
export function isSignInAddress(address: string, identityProvider: string): boolean {
  if (!isSecureUrl(address) || !isSecureUrl(identityProvider)) return false;
  return !isLoopback(address) || isLoopback(identityProvider);
}
