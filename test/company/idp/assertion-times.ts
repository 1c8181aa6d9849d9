import { errors } from 'oidc-provider';
import { type Clock, epochSeconds } from '../clock.ts';

/** The times in a client assertion (RFC 7523 section 3), in seconds since the epoch. */
export interface AssertionTimes {
  readonly iat?: unknown;
  readonly nbf?: unknown;
  readonly exp?: unknown;
}

/** Throws oidc-provider's `invalid_client` unless an assertion is good at this moment, without any tolerance. */
export function refuseTimes({ iat, nbf, exp }: AssertionTimes, clock: Clock): void {
  const now = epochSeconds(clock);
  const isFuture = [iat, nbf].some((time) => time !== undefined && !(Number(time) <= now));
  if (isFuture) throw new errors.InvalidClientAuth('the assertion is from the future');
  if (!(Number(exp) > now)) throw new errors.InvalidClientAuth('the assertion has expired');
}
