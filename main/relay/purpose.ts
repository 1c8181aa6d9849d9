import type { Purpose } from '../grant/keeper.ts';

/** A ping is no longer than this, in bytes; longer bodies are not looked into. */
const PING_LIMIT_BYTES = 200;

const PING = /"method"\s*:\s*"ping"/;

/**
 * What a client's request needs its token for. Some clients ping every server every few seconds as long as they run,
 * also when nobody is there: if that counted as use, the month's mints would be spent in a week.
 */
export function purposeOf(method: string, body: Buffer | null): Purpose {
  if (method === 'GET') return 'upkeep';
  if (method === 'DELETE') return 'background';
  return body && body.length <= PING_LIMIT_BYTES && PING.test(body.toString('latin1')) ? 'upkeep' : 'call';
}
