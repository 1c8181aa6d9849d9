import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Company, startCompany } from '../../company/company.ts';
import { TOKEN_EXCHANGE } from '../../company/protocol.ts';
import { createTokenRequestLog, TOKEN_REQUESTS_KEPT } from '../../company/token-requests.ts';
import { clientByHand, member, postForm } from './by-hand/client.ts';

let company: Company;
let nowMs = Date.now();
beforeAll(async () => {
  company = await startCompany({ clock: () => nowMs });
});
afterEach(() => company.faults.clear());
afterAll(async () => {
  await company.close();
  expect(company.troubles()).toEqual([]);
});

test('every token request is counted and timed by the company clock, whatever becomes of it', async () => {
  const client = clientByHand(company, {}, () => nowMs);
  const tokens = await client.signIn('alice');
  const start = nowMs;
  nowMs = start + 1_000;
  await client.exchange('payroll', member(tokens, 'id_token'));
  nowMs = start + 2_000;
  company.faults.set({ at: 'idp-token', kind: 'reset', stage: 'after', times: 1 });
  await client.refresh(member(tokens, 'refresh_token')).catch(() => undefined);
  company.faults.set({ at: 'idp-token', kind: 'hang', times: 1 });
  const waiting = { method: 'POST', body: new URLSearchParams(), signal: AbortSignal.timeout(200) };
  await fetch(`${company.issuer}/token`, waiting).catch(() => undefined);
  expect(company.tokenRequestTimes()).toEqual([
    { at: start, grantType: 'authorization_code', outcome: 'ok' },
    { at: start + 1_000, grantType: TOKEN_EXCHANGE, outcome: 'refused' },
    { at: start + 2_000, grantType: 'refresh_token', outcome: 'faulted' },
    { at: start + 2_000, grantType: '', outcome: 'faulted' },
  ]);
  expect(company.counts.tokenRequests).toBe(4);
});

test('requests elsewhere are not counted', async () => {
  const { tokenRequests } = company.counts;
  await fetch(`${company.issuer}/.well-known/openid-configuration`);
  await postForm(`${company.servers[0]?.issuer}/token`, { grant_type: 'x' });
  expect(company.counts.tokenRequests).toBe(tokenRequests);
});

test('a form that is far too long still gets an answer', async () => {
  const answer = await postForm(`${company.issuer}/token`, { grant_type: 'x', filler: 'x'.repeat(300_000) });
  expect(answer.status).toBeGreaterThanOrEqual(400);
});

test('only the latest requests are kept, and all are heard of', () => {
  let arrivals = 0;
  const log = createTokenRequestLog(
    () => arrivals,
    () => {
      arrivals += 1;
    },
  );
  for (let request = 0; request < 2 * TOKEN_REQUESTS_KEPT + 5; request += 1) log.arrived()('x', 'ok');
  expect(arrivals).toBe(2 * TOKEN_REQUESTS_KEPT + 5);
  expect(log.all()).toHaveLength(TOKEN_REQUESTS_KEPT);
  expect(log.all().at(-1)?.at).toBe(arrivals);
});
