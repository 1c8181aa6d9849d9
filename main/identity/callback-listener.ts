import { LanyardError } from '../../shared/errors.ts';
import { answerWith, openPageServer } from './page-server.ts';
import { PAGES, type Page } from './pages.ts';

const CALLBACK_PATH = '/callback';

/** A loopback port that waits for the browser to come back (RFC 8252 section 7.3). */
export interface CallbackListener {
  readonly redirectUri: string;
  /** Frees the port at once. An answer that is on its way still arrives. */
  close(): Promise<void>;
}

function noPort(ports: readonly number[]): LanyardError {
  return new LanyardError({
    code: 'sign-in-port',
    user: 'Another program uses the ports that Lanyard signs in with. Close it or restart the computer, then try again.',
    administrator: `None of the policy's redirectPorts (${ports.join(', ')}) is free on this machine.`,
    recovery: { kind: 'retry' },
  });
}

/**
 * Opens the first free one of `ports` (any port where the list is empty) on 127.0.0.1 and shows what `onCallback`
 * answers to each request for the redirect URI.
 *
 * @throws {LanyardError} `sign-in-port`.
 */
export async function openCallbackListener(
  ports: readonly number[],
  onCallback: (callback: URL) => Promise<Page>,
): Promise<CallbackListener> {
  const server = await openPageServer(ports, async (url) =>
    answerWith(url.pathname === CALLBACK_PATH ? await onCallback(url) : PAGES.notFound),
  );
  if (!server) throw noPort(ports);
  return { redirectUri: `${server.origin}${CALLBACK_PATH}`, close: () => server.close() };
}
