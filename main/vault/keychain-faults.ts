import { LanyardError } from '../../shared/errors.ts';

const UNLOCK = 'Unlock your login keyring, then try again.';

/** The keychain is there but locked, so nobody can say whether it holds our key. */
export function keychainLocked(cause?: unknown): LanyardError {
  return new LanyardError({
    code: 'keychain-locked',
    user: `Your system keychain is locked, so Lanyard cannot reach its key. ${UNLOCK}`,
    administrator:
      'The keychain answers but is locked (Secret Service: the login collection; macOS: the login keychain).',
    cause,
  });
}

/**
 * The keyring that this process has spoken to has ended, and maybe another one runs. libsecret holds on to the one it
 * knew: it would hear of the end from a main loop of GLib, which Node has not. Only another process finds the new one.
 */
function keychainRestarted(cause: unknown): LanyardError {
  return new LanyardError({
    code: 'keychain-restarted',
    user: 'Your system keychain was restarted, so Lanyard starts anew to reach it. Try again in a moment.',
    administrator:
      'The Secret Service has left the session bus since the agent first asked it, and libsecret does not connect again within one process. The agent starts itself again.',
    cause,
  });
}

const HAS_RESTARTED = /The name :\d+\.\d+ was not provided|session wrapping the secret does not exist/i;
const DOES_NOT_LOAD = /libsecret|Failed to load keytar|cannot open shared object|MODULE_NOT_FOUND|Cannot find module/i;
const IS_LOCKED = /locked|dismissed|collection\/login|Object does not exist at path/i;

/** keytar gives no codes, only English texts of libsecret, so its failures are told apart by those. */
export function keychainFault(cause: unknown): LanyardError {
  const text =
    cause instanceof Error ? `${(cause as NodeJS.ErrnoException).code ?? ''} ${cause.message}` : String(cause);
  if (DOES_NOT_LOAD.test(text))
    return new LanyardError({
      code: 'keychain-library-missing',
      user: 'A system library that Lanyard needs for the keychain is missing. Install libsecret (on Debian and Ubuntu: apt install libsecret-1-0).',
      administrator: 'keytar does not load: libsecret-1.so.0 is missing. Add libsecret to the image.',
      cause,
    });
  if (HAS_RESTARTED.test(text)) return keychainRestarted(cause);
  if (IS_LOCKED.test(text)) return keychainLocked(cause);
  return new LanyardError({
    code: 'keychain-missing',
    user: 'This session has no system keychain, so Lanyard cannot keep its key safe. Sign in to a desktop session, or start a keyring such as gnome-keyring.',
    administrator: `No usable keychain (Linux: a session bus with org.freedesktop.secrets): ${text.trim().slice(0, 200)}`,
    cause,
  });
}
