import { decodeJwt } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Company, type CompanyOptions, startCompany } from '../../company/company.ts';
import { clientByHand, member } from './by-hand/client.ts';

let company: Company;
let offsetMs: number;
const start = async (options: CompanyOptions = {}) => {
  offsetMs = 0;
  company = await startCompany({ clock: () => Date.now() + offsetMs, ...options });
};
afterEach(() => company.close());

const signIn = async () => member(await clientByHand(company).signIn('alice'), 'refresh_token');
const refresh = (token: string) => clientByHand(company).refresh(token);

describe('without a grace period', () => {
  beforeEach(() => start());

  test('a refresh gives a new ID token and a new refresh token', async () => {
    const first = await signIn();
    const answer = await refresh(first);
    expect(answer.status).toBe(200);
    expect(answer.body.refresh_token).not.toBe(first);
    expect(decodeJwt(member(answer, 'id_token')).email).toBe('alice@example.com');
    expect(company.counts.refreshes).toBe(1);
  });

  test('the reuse of a spent token revokes the whole family', async () => {
    const first = await signIn();
    const second = member(await refresh(first), 'refresh_token');
    expect((await refresh(first)).body.error).toBe('invalid_grant');
    expect((await refresh(second)).body.error).toBe('invalid_grant');
  });

  test('another sign-in of the same person is another family', async () => {
    const [first, other] = [await signIn(), await signIn()];
    await refresh(first);
    expect((await refresh(first)).body.error).toBe('invalid_grant');
    expect((await refresh(other)).status).toBe(200);
  });

  test('a token expires by the company clock', async () => {
    const first = await signIn();
    offsetMs = 15 * 24 * 3_600_000;
    expect((await refresh(first)).body.error).toBe('invalid_grant');
  });

  test('a revoked session cannot be refreshed, and its browser must sign in again', async () => {
    const first = await signIn();
    company.revokeSession('alice');
    expect((await refresh(first)).body.error).toBe('invalid_grant');
    expect((await refresh(await signIn())).status).toBe(200);
  });

  test('a client may revoke its own refresh token (RFC 7009)', async () => {
    const token = await signIn();
    const body = new URLSearchParams({ client_id: 'lanyard', token });
    const revoked = await fetch(`${company.issuer}/token/revocation`, { method: 'POST', body });
    expect(revoked.status).toBe(200);
    expect((await refresh(token)).body.error).toBe('invalid_grant');
  });

  test('without offline_access there is no refresh token', async () => {
    const tokens = await clientByHand(company).signIn('alice', { scope: 'openid' });
    expect(tokens.body).not.toHaveProperty('refresh_token');
  });
});

describe('with a grace period of 30 seconds', () => {
  beforeEach(() => start({ refreshReuseGraceSeconds: 30 }));

  test('a spent token is answered again inside it', async () => {
    const first = await signIn();
    const second = member(await refresh(first), 'refresh_token');
    offsetMs = 20_000;
    expect((await refresh(first)).status).toBe(200);
    expect((await refresh(second)).status).toBe(200);
  });

  test('being answered again does not prolong it, and reuse after it revokes the family', async () => {
    const first = await signIn();
    const second = member(await refresh(first), 'refresh_token');
    offsetMs = 20_000;
    const third = member(await refresh(first), 'refresh_token');
    offsetMs = 40_000;
    expect((await refresh(first)).body.error).toBe('invalid_grant');
    expect((await refresh(second)).body.error).toBe('invalid_grant');
    expect((await refresh(third)).body.error).toBe('invalid_grant');
  });
});

describe('without rotation', () => {
  beforeEach(() => start({ rotateRefreshTokens: false }));

  test('a refresh token stays the same and good', async () => {
    const first = await signIn();
    expect((await refresh(first)).body.refresh_token).toBe(first);
    expect((await refresh(first)).status).toBe(200);
  });
});
