import { decodeJwt } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Company, type CompanyOptions, startCompany } from '../../company/company.ts';
import { REFRESH_TOKEN } from '../../company/protocol.ts';
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

  test('a spent token is answered as often as it is shown inside it, each time with other tokens', async () => {
    const first = await signIn();
    const seen = new Set<string>();
    for (const ms of [0, 1_000, 15_000, 29_000]) {
      offsetMs = ms;
      seen.add(member(await refresh(first), 'refresh_token'));
    }
    expect(seen.size).toBe(4);
    for (const token of seen) expect((await refresh(token)).status).toBe(200);
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

describe('a refresh whose answer is lost', () => {
  const loseOneAnswer = () =>
    company.faults.set({ at: 'idp-token', grantType: 'refresh_token', stage: 'after', kind: 'reset', times: 1 });

  test('has spent the token all the same, and trying again ends the family', async () => {
    await start();
    const first = await signIn();
    loseOneAnswer();
    await expect(refresh(first)).rejects.toThrow();
    expect(company.counts).toMatchObject({ refreshes: 1, refusedRefreshes: 0 });
    expect((await refresh(first)).body.error).toBe('invalid_grant');
    expect(company.counts).toMatchObject({ refreshes: 1, refusedRefreshes: 1 });
  });

  test('is repeated with the same token inside the grace period, and its new token goes on being good', async () => {
    await start({ refreshReuseGraceSeconds: 30 });
    const first = await signIn();
    loseOneAnswer();
    await expect(refresh(first)).rejects.toThrow();
    offsetMs = 29_000;
    const again = await refresh(first);
    expect(again.status).toBe(200);
    offsetMs = 3_600_000;
    expect((await refresh(member(again, 'refresh_token'))).status).toBe(200);
  });

  test('is lost for good when it is repeated after the grace period', async () => {
    await start({ refreshReuseGraceSeconds: 30 });
    const first = await signIn();
    loseOneAnswer();
    await expect(refresh(first)).rejects.toThrow();
    offsetMs = 31_000;
    expect((await refresh(first)).body.error).toBe('invalid_grant');
  });
});

describe('an IdP that gives no new ID token at a refresh', () => {
  test('still gives a new refresh token, which can be exchanged', async () => {
    await start({ omitIdTokenOnRefresh: true });
    const signedIn = await clientByHand(company).signIn('alice');
    expect(signedIn.body).toHaveProperty('id_token');
    const answer = await refresh(member(signedIn, 'refresh_token'));
    expect(answer.status).toBe(200);
    expect(answer.body).not.toHaveProperty('id_token');
    const changes = { subject_token_type: REFRESH_TOKEN };
    const exchanged = await clientByHand(company).exchange('notes', member(answer, 'refresh_token'), changes);
    expect(exchanged.status).toBe(200);
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
