import { decodeJwt } from 'jose';
import type { Adapter } from 'oidc-provider';
import { describe, expect, test } from 'vitest';
import { createReplayGuard } from '../../company/authorization-server/replay.ts';
import { startCompany } from '../../company/company.ts';
import { createIdpStorage } from '../../company/idp/storage.ts';
import { createSweep } from '../../company/sweep.ts';
import { clientByHand, member } from './by-hand/client.ts';
import { callTool, connect, MODERN, textOf } from './by-hand/mcp.ts';

// So many that work for each of them on all the others would not end within the test's time.
const MANY = 200_000;
const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;

describe('a replay guard', () => {
  test('stays quick however many identifiers are alive, and knows every one of them', () => {
    const guard = createReplayGuard(() => 0);
    for (let id = 0; id < MANY; id += 1) expect(guard.firstUse(`id ${id}`, 300)).toBe(true);
    expect(guard.firstUse('id 0', 300)).toBe(false);
    expect(guard.firstUse(`id ${MANY - 1}`, 300)).toBe(false);
  });

  test('forgets an identifier when it has expired, and not before', () => {
    let nowSeconds = 0;
    const guard = createReplayGuard(() => nowSeconds * 1000);
    expect(guard.firstUse('one', 300)).toBe(true);
    nowSeconds = 300;
    expect(guard.firstUse('one', 300)).toBe(false);
    nowSeconds = 301;
    expect(guard.firstUse('one', 600)).toBe(true);
  });
});

test('a sweep leaves what is alive, and no more than about twice as much of the rest', () => {
  const entries = new Map<string, number>();
  let now = 0;
  const sweep = createSweep(entries, (expiry) => expiry <= now);
  entries.set('alive', Number.POSITIVE_INFINITY);
  for (now = 0; now < MANY; now += 1) {
    entries.set(`entry ${now}`, now + 500);
    sweep();
  }
  expect(entries.has('alive')).toBe(true);
  expect(entries.has(`entry ${MANY - 400}`)).toBe(true);
  expect(entries.size).toBeLessThanOrEqual(2_000);
});

test("the IdP's storage lets go of what has expired", async () => {
  let now = 0;
  const storage = createIdpStorage({ clock: () => now, refreshReuseGraceSeconds: 0, onIssued: () => undefined });
  const tokens = (storage.adapter as (model: string) => Adapter)('AccessToken');
  for (let id = 0; id < 20_000; id += 1) {
    now += 1_000;
    await tokens.upsert(`token ${id}`, { grantId: `grant ${id}`, authTime: 1 }, 60);
  }
  expect(storage.size()).toBeLessThanOrEqual(1_000);
  expect(await tokens.find('token 19999')).toBeDefined();
  expect(storage.authTimeOf('grant 0')).toBeUndefined();
  expect(storage.authTimeOf('grant 19999')).toBeDefined();
});

test('a whole day of renewals passes in seconds, and the last token opens like the first', async () => {
  const start = Date.now();
  let now = start;
  const company = await startCompany({ clock: () => now, lifetimes: { accessTokenSeconds: 600 } });
  const client = clientByHand(company, {}, () => now);
  const signedIn = await client.signIn('alice');
  const { auth_time } = decodeJwt(member(signedIn, 'id_token'));
  let [idToken, refreshToken] = [member(signedIn, 'id_token'), member(signedIn, 'refresh_token')];
  let accessToken = '';
  for (let minutes = 0; now < start + DAY_MS; minutes += 10) {
    now = start + minutes * MINUTE_MS;
    if (minutes % 50 === 0) {
      const refreshed = await client.refresh(refreshToken);
      [idToken, refreshToken] = [member(refreshed, 'id_token'), member(refreshed, 'refresh_token')];
    }
    const idJag = await client.exchange('notes', idToken);
    accessToken = member(await client.redeem('notes', member(idJag, 'access_token')), 'access_token');
  }
  expect(company.counts).toMatchObject({ redemptions: 145, refusedRedemptions: 0, refusedRefreshes: 0 });
  expect(decodeJwt(idToken).auth_time).toBe(auth_time);
  const mcp = await connect(client.urlOf('notes'), accessToken, MODERN);
  expect(textOf(await callTool(mcp, 'whoami'))).toContain('alice@example.com');
  await mcp.close();
  expect(company.troubles()).toEqual([]);
  await company.close();
});
