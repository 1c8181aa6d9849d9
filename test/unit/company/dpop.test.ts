import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Company, startCompany } from '../../company/company.ts';
import { accessTokenFor, clientByHand, member } from './by-hand/client.ts';
import { athOf, newProver, type Prover } from './by-hand/prover.ts';
import { challengeIn, postToolCall } from './by-hand/raw-mcp.ts';

let company: Company;
let prover: Prover;
let offsetMs = 0;
const now = () => Date.now() + offsetMs;
beforeAll(async () => {
  const servers = { notes: 'required', tickets: 'supported' } as const;
  company = await startCompany({ clock: now, dpop: { idp: 'supported', servers } });
  prover = await newProver(now);
});
beforeEach(() => {
  offsetMs = 0;
});
afterAll(async () => {
  await company.close();
  expect(company.troubles()).toEqual([]);
});

const client = () => clientByHand(company, {}, now);
const signIn = async () => member(await client().signIn('alice'), 'id_token');
const atIdp = () => prover.prove('POST', client().tokenEndpoint);
const atAs = (server: string) => prover.prove('POST', client().tokenEndpointOf(server));

/** An ID-JAG that is bound to the prover's key. */
async function boundIdJag(server: string): Promise<string> {
  return member(await client().exchange(server, await signIn(), {}, await atIdp()), 'access_token');
}

/** An access token that is bound to the prover's key. */
async function boundToken(server: string): Promise<string> {
  return member(await client().redeem(server, await boundIdJag(server), {}, await atAs(server)), 'access_token');
}

async function call(server: string, token: string, by = prover, changes = {}): Promise<Response> {
  const url = client().urlOf(server);
  const proof = await by.prove('POST', url, { ath: athOf(token), ...changes });
  return postToolCall(url, { authorization: `DPoP ${token}`, ...proof }, 'whoami');
}

test('a proof at the IdP binds the ID-JAG, one more at the authorization server the token, a third one opens', async () => {
  const idJag = await boundIdJag('notes');
  expect(decodeJwt(idJag).cnf).toEqual({ jkt: prover.jkt });
  const answer = await client().redeem('notes', idJag, {}, await atAs('notes'));
  expect(answer).toMatchObject({ status: 200, body: { token_type: 'DPoP' } });
  const token = member(answer, 'access_token');
  expect(decodeJwt(token).cnf).toEqual({ jkt: prover.jkt });
  const opened = await call('notes', token);
  expect([opened.status, await opened.text()]).toEqual([200, expect.stringContaining('alice@example.com')]);
});

test('where DPoP is only supported, everything goes without it too', async () => {
  const token = await accessTokenFor(company, 'alice', 'tickets');
  expect(decodeJwt(token)).not.toHaveProperty('cnf');
  const headers = { authorization: `Bearer ${token}` };
  expect((await postToolCall(client().urlOf('tickets'), headers, 'whoami')).status).toBe(200);
});

test('a company that knows nothing of DPoP ignores proofs and says nothing of it', async () => {
  const plain = await startCompany();
  const asker = clientByHand(plain);
  const idToken = member(await asker.signIn('alice'), 'id_token');
  const proof = await prover.prove('POST', asker.tokenEndpoint);
  const answer = await asker.exchange('notes', idToken, {}, proof);
  expect(decodeJwt(member(answer, 'access_token'))).not.toHaveProperty('cnf');
  const redeemed = await asker.redeem('notes', member(answer, 'access_token'), {}, proof);
  expect(redeemed.body.token_type).toBe('Bearer');
  const metadata = await fetch(`${plain.issuer}/.well-known/openid-configuration`);
  expect(await metadata.json()).not.toHaveProperty('dpop_signing_alg_values_supported');
  await plain.close();
});

describe('a proof that is', () => {
  test.each([
    ['for another method', { htm: 'GET' }],
    ['for another address', { htu: 'http://127.0.0.1:1/token' }],
    ['too old', { iat: Math.floor(Date.now() / 1000) - 302 }],
    ['from the future', { iat: Math.floor(Date.now() / 1000) + 330 }],
    ['without an identifier', { jti: undefined }],
    ['without a time', { iat: undefined }],
  ])('%s is an invalid_dpop_proof', async (_what, changes) => {
    const proof = await prover.prove('POST', client().tokenEndpoint, changes);
    const answer = await client().exchange('notes', await signIn(), {}, proof);
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_dpop_proof' } });
  });

  test('an address with a query, or no proof at all by its type, is an invalid_dpop_proof', async () => {
    const idToken = await signIn();
    const { tokenEndpoint } = client();
    const proofs = [
      await prover.prove('POST', `${tokenEndpoint}?x=1`),
      await prover.prove('POST', tokenEndpoint, {}, 'JWT'),
      { dpop: 'nonsense' },
    ];
    for (const proof of proofs) {
      expect((await client().exchange('notes', idToken, {}, proof)).body.error).toBe('invalid_dpop_proof');
    }
  });

  test('used twice is good once', async () => {
    const idToken = await signIn();
    const proof = await atIdp();
    expect((await client().exchange('notes', idToken, {}, proof)).status).toBe(200);
    expect((await client().exchange('notes', idToken, {}, proof)).body.error).toBe('invalid_dpop_proof');
  });

  test('off by less than five minutes of the company clock is good', async () => {
    offsetMs = 86_400_000;
    const iat = Math.floor(now() / 1000) - 290;
    const proof = await prover.prove('POST', client().tokenEndpoint, { iat });
    expect((await client().exchange('notes', await signIn(), {}, proof)).status).toBe(200);
  });
});

test('a bound ID-JAG without a proof, or with one by another key, is an invalid_grant and still unspent', async () => {
  const idJag = await boundIdJag('tickets');
  const other = await newProver(now);
  const without = await client().redeem('tickets', idJag);
  const error_description = 'The ID-JAG needs a DPoP proof';
  expect(without).toMatchObject({ status: 400, body: { error: 'invalid_grant', error_description } });
  const foreign = await other.prove('POST', client().tokenEndpointOf('tickets'));
  expect((await client().redeem('tickets', idJag, {}, foreign)).body.error).toBe('invalid_grant');
  expect((await client().redeem('tickets', idJag, {}, await atAs('tickets'))).status).toBe(200);
});

test('where DPoP is required, a redemption without a proof is an invalid_dpop_proof', async () => {
  const idJag = await boundIdJag('notes');
  const answer = await client().redeem('notes', idJag);
  expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_dpop_proof' } });
});

test.each([
  [
    'as Bearer',
    'invalid_token',
    async (token: string) => {
      return postToolCall(client().urlOf('notes'), { authorization: `Bearer ${token}` }, 'whoami');
    },
  ],
  [
    'without a proof',
    'invalid_dpop_proof',
    async (token: string) => {
      return postToolCall(client().urlOf('notes'), { authorization: `DPoP ${token}` }, 'whoami');
    },
  ],
  ["with another key's proof", 'invalid_token', async (token: string) => call('notes', token, await newProver(now))],
  [
    'with a proof for another token',
    'invalid_dpop_proof',
    (token: string) => {
      return call('notes', token, prover, { ath: athOf('x') });
    },
  ],
  [
    'with a proof for no token',
    'invalid_dpop_proof',
    (token: string) => {
      return call('notes', token, prover, { ath: undefined });
    },
  ],
] as const)('a bound token that is sent %s gets 401 %s', async (_how, error, send) => {
  const answer = await send(await boundToken('notes'));
  expect(answer.status).toBe(401);
  expect(challengeIn(answer)).toMatch(/^DPoP /);
  expect(challengeIn(answer)).toContain(`error="${error}"`);
  expect(challengeIn(answer)).toContain('algs="ES256 RS256 EdDSA"');
});

test('a token that is not bound is no DPoP token', async () => {
  const token = await accessTokenFor(company, 'alice', 'tickets');
  const challenge = challengeIn(await call('tickets', token));
  expect(challenge).toMatch(/^DPoP .*error="invalid_token"/);
  expect(challenge).toContain('is not bound to a key');
});

test('a bound token is no Bearer token, also where Bearer tokens are good', async () => {
  const headers = { authorization: `Bearer ${await boundToken('tickets')}` };
  const answer = await postToolCall(client().urlOf('tickets'), headers, 'whoami');
  expect(answer.status).toBe(401);
  expect(challengeIn(answer)).toMatch(/^Bearer .*error="invalid_token".*, DPoP algs="/);
});

test('a bound token that lacks a scope is told so under its own scheme', async () => {
  company.requireScope('notes', 'whoami', 'notes:other');
  const answer = await call('notes', await boundToken('notes'));
  company.requireScope('notes', 'whoami', undefined);
  expect(answer.status).toBe(403);
  expect(challengeIn(answer)).toMatch(/^DPoP .*error="insufficient_scope"/);
});

test('metadata says who understands DPoP and who demands it', async () => {
  const read = async (url: string) => (await fetch(url)).json();
  const algs = { dpop_signing_alg_values_supported: ['ES256', 'RS256', 'EdDSA'] };
  const [notes, , payroll] = company.servers;
  const ofServer = (server: string) =>
    read(client().urlOf(server).replace('/mcp', '/.well-known/oauth-protected-resource/mcp'));
  expect(await read(`${company.issuer}/.well-known/openid-configuration`)).toMatchObject(algs);
  expect(await read(`${notes?.issuer}/.well-known/oauth-authorization-server`)).toMatchObject(algs);
  const without = await read(`${payroll?.issuer}/.well-known/oauth-authorization-server`);
  expect(without).not.toHaveProperty('dpop_signing_alg_values_supported');
  expect(await ofServer('notes')).toMatchObject({ ...algs, dpop_bound_access_tokens_required: true });
  expect(await ofServer('tickets')).toMatchObject(algs);
  expect(await ofServer('tickets')).not.toHaveProperty('dpop_bound_access_tokens_required');
  expect(await ofServer('payroll')).not.toHaveProperty('dpop_signing_alg_values_supported');
});

describe('a downgrade', () => {
  test('by the IdP leaves cnf out of the ID-JAG', async () => {
    company.ignoreDpop('idp', true);
    expect(decodeJwt(await boundIdJag('tickets'))).not.toHaveProperty('cnf');
    company.ignoreDpop('idp', false);
    expect(decodeJwt(await boundIdJag('tickets'))).toHaveProperty('cnf');
  });

  test('by an authorization server answers Bearer in spite of the proof', async () => {
    company.ignoreDpop('tickets', true);
    const answer = await client().redeem('tickets', await boundIdJag('tickets'), {}, await atAs('tickets'));
    company.ignoreDpop('tickets', false);
    expect(answer).toMatchObject({ status: 200, body: { token_type: 'Bearer' } });
    expect(decodeJwt(member(answer, 'access_token'))).not.toHaveProperty('cnf');
  });

  test('is noticed by a server that demands bound tokens', async () => {
    company.ignoreDpop('notes', true);
    const token = member(await client().redeem('notes', await boundIdJag('notes')), 'access_token');
    company.ignoreDpop('notes', false);
    const answer = await postToolCall(client().urlOf('notes'), { authorization: `Bearer ${token}` }, 'whoami');
    expect(answer.status).toBe(401);
    expect(challengeIn(answer)).toMatch(/^DPoP .*error="invalid_token"/);
  });

  test('can be there from the start', async () => {
    const other = await startCompany({ dpop: { idp: 'required' }, dpopIgnored: ['idp'] });
    const asker = clientByHand(other);
    const idToken = member(await asker.signIn('alice'), 'id_token');
    expect((await asker.exchange('notes', idToken)).status).toBe(200);
    await other.close();
  });
});
