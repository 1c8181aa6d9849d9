import { agentStateSchema, signedOutSchema } from '../../shared/local-api.ts';
import { callLocal, endSessionAddress } from '../../shared/local-client.ts';
import type { CliContext } from './context.ts';
import { openBrowser } from './open-browser.ts';

/** Options of `lanyard logout`. */
export interface LogoutOptions {
  /** `false` with `--no-browser`: print the address only. */
  readonly browser: boolean;
}

/**
 * Signs the person out here, then at the identity provider where it offers that, and says which is which.
 *
 * @throws {LanyardError} why that did not work; `sign-out-address` when only the second half did not.
 */
export async function logout({ paths, out }: CliContext, { browser }: LogoutOptions): Promise<void> {
  const { session } = await callLocal(paths, { method: 'GET', path: '/state', answer: agentStateSchema });
  // Asked for all the same: a sign-in that waits for the person ends with it.
  const signedOut = await callLocal(paths, { method: 'POST', path: '/sign-out', answer: signedOutSchema });
  if (session.status !== 'signed-in') return out('Nobody is signed in.\n');
  out('Signed out on this computer: access to every server has ended here.\n');
  const { identityProvider } = signedOut.state.company;
  const address = endSessionAddress(signedOut);
  if (address === undefined) {
    out(`A browser may still be signed in at ${identityProvider}; Lanyard cannot end that.\n`);
    return;
  }
  const opened = browser && (await openBrowser(address));
  const lead = opened
    ? `Your browser opens to sign you out at ${identityProvider} too. If it does not, open within a minute`
    : `To sign out at ${identityProvider} too, open within a minute`;
  out(`${lead}\n  ${address}\n`);
}
