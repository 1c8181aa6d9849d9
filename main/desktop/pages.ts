import { LanyardError } from '../../shared/errors.ts';
import { isSignInAddress } from './sign-in-address.ts';

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

/**
 * Opens the page where the person signs in.
 *
 * @throws {LanyardError} `sign-in-address` for an address that is not a safe one, `no-browser`.
 */
export async function openSignInPage(open: Open, address: string, identityProvider: string): Promise<void> {
  if (!isSignInAddress(address, identityProvider))
    throw new LanyardError({
      code: 'sign-in-address',
      user: 'Lanyard did not open the sign-in page, since its address is not a safe one. Tell your administrator.',
      administrator: `The sign-in page must be https, or lie on this machine if the identity provider (${identityProvider}) does.`,
    });
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
