import { isSecureUrl } from '../../shared/urls.ts';

/**
 * Whether the desktop may hand this address to the system browser: https (http on loopback only) and the origin of
 * the company's identity provider. So nothing that reaches us over the Local API makes the system open a file, a
 * program's own scheme, or somebody else's page.
 */
export function isSignInAddress(address: string, identityProvider: string): boolean {
  if (!isSecureUrl(address) || !isSecureUrl(identityProvider)) return false;
  return new URL(address).origin === new URL(identityProvider).origin;
}
