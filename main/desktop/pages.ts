import { LanyardError } from '../../shared/errors.ts';
import { isSignInAddress, type SignInPlaces } from './sign-in-address.ts';

/** Opens the system browser. */
export type Open = (address: string) => Promise<void>;

function noBrowser(user: string, cause: unknown): LanyardError {
  return new LanyardError({
    code: 'no-browser',
    user,
    administrator: 'The system could not open a page; is there a default browser?',
    cause,
  });
}

// Never more of it than where it leads: the rest may hold what a sign-in is known by.
const whereTo = (address: string): string => (URL.canParse(address) ? new URL(address).origin : 'no address at all');

/**
 * Opens the page where the person signs in: the only page of others that the desktop opens, and only on an origin of
 * the identity provider.
 *
 * @throws {LanyardError} `sign-in-address` for an address that is not a safe one, `no-browser`.
 */
export async function openSignInPage(open: Open, address: string, places: SignInPlaces): Promise<void> {
  if (!isSignInAddress(address, places)) {
    const own = [places.identityProvider, ...places.signInOrigins].join(', ');
    throw new LanyardError({
      code: 'sign-in-address',
      user:
        "Lanyard did not open the sign-in page, since it is not at your company's identity provider. " +
        'Do not sign in there; tell your administrator.',
      administrator:
        `The sign-in page is at ${whereTo(address)}. It must be https and at the identity provider (${own}), ` +
        "or on this machine if the identity provider is; see identityProvider.issuer in the policy and the provider's metadata.",
    });
  }
  await open(address).catch((cause: unknown) => {
    throw noBrowser('Lanyard could not open your browser. Choose a default browser, then open the page again.', cause);
  });
}

/**
 * Opens the page that ends the session at the identity provider too; the address has been judged.
 *
 * @throws {LanyardError} `no-browser`
 */
export async function openSignOutPage(open: Open, address: string, identityProvider: string): Promise<void> {
  await open(address).catch((cause: unknown) => {
    throw noBrowser(
      `You are signed out on this computer, but Lanyard could not open your browser to sign you out at ${identityProvider} too.`,
      cause,
    );
  });
}
