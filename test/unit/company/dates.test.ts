import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Company, startCompany } from '../../company/company.ts';
import { refuseTimes } from '../../company/idp/assertion-times.ts';

const NOW = Date.UTC(2031, 4, 6, 12);
const NOW_SECONDS = NOW / 1_000;

let company: Company;
beforeAll(async () => {
  company = await startCompany({ clock: () => NOW });
});
afterAll(() => company.close());

test('everybody in the company says its time', async () => {
  const [server] = company.servers;
  for (const url of [company.issuer, server?.issuer ?? '', server?.url ?? '']) {
    const { headers } = await fetch(`${url}/.well-known/openid-configuration`);
    expect(headers.get('date')).toBe(new Date(NOW).toUTCString());
  }
});

test.each([
  [{ iat: NOW_SECONDS + 1, exp: NOW_SECONDS + 60 }, 'future'],
  [{ nbf: NOW_SECONDS + 1, exp: NOW_SECONDS + 60 }, 'future'],
  [{ iat: 'now', exp: NOW_SECONDS + 60 }, 'future'],
  [{ iat: NOW_SECONDS - 60, exp: NOW_SECONDS }, 'expired'],
  [{ iat: NOW_SECONDS }, 'expired'],
])('an assertion with %j is refused by the company’s clock: %s', (times, expected) => {
  expect(() => refuseTimes(times, () => NOW)).toThrow(
    expect.objectContaining({ error_detail: expect.stringContaining(expected) }),
  );
});

test('an assertion of this second is taken', () => {
  expect(() => refuseTimes({ iat: NOW_SECONDS, nbf: NOW_SECONDS, exp: NOW_SECONDS + 1 }, () => NOW)).not.toThrow();
});
