import type { Answerer, Leg } from '../../../main/grant/oauth-answer.ts';

/** 1 January 2026, for answers that name a date. */
const NOW = Date.UTC(2026, 0, 1);

/** Who answered, in most tests. */
export function answerer(leg: Leg = 'token-exchange', title = 'The notes'): Answerer {
  return { leg, issuer: 'https://idp.example.com/tenant', title, now: NOW };
}

/** An answer in JSON. */
export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });
}
