import { LanyardError } from '../../shared/errors.ts';

/** What keeps a person from the sign-in page; an untrusted certificate has a better sentence of its own. */
const UNREACHABLE: ReadonlySet<string> = new Set(['network-connection', 'network-name', 'network-timeout']);

/**
 * The error with which a sign-in ends. Access is tried for again by itself, a sign-in is not: where the network is in
 * the way, the next step is the person's.
 *
 * @param issuer the IdP, for the sentence.
 */
export function signInFault(issuer: string, error: unknown): unknown {
  if (!(error instanceof LanyardError) || !UNREACHABLE.has(error.code)) return error;
  const { code, administrator, recovery, cause } = error;
  return new LanyardError({
    code,
    user: `Lanyard cannot reach your company's sign-in page (${new URL(issuer).host}). Check your network or VPN, then sign in again.`,
    administrator,
    ...(recovery && { recovery }),
    cause,
  });
}
