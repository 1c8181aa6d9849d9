import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Company, startCompany } from '../../company/company.ts';
import { type Answer, clientByHand, member } from './by-hand/client.ts';
import { athOf, newProver, type Prover } from './by-hand/prover.ts';
import { challengeIn, postToolCall } from './by-hand/raw-mcp.ts';

let company: Company;
let prover: Prover;
let offsetMs = 0;
const now = () => Date.now() + offsetMs;
beforeAll(async () => {
  const dpop = { idp: 'required', servers: { notes: 'required' } } as const;
  company = await startCompany({ clock: now, dpop, dpopNonce: ['idp', 'notes'] });
  prover = await newProver(now);
});
afterAll(async () => {
  await company.close();
  expect(company.troubles()).toEqual([]);
});

const client = () => clientByHand(company, {}, now);
const advance = (ms: number) => {
  offsetMs += ms;
};
const nonceIn = (answer: { readonly headers: Headers }) => answer.headers.get('dpop-nonce') ?? '';

async function exchange(idToken: string, nonce?: string): Promise<Answer> {
  return client().exchange('notes', idToken, {}, await prover.prove('POST', client().tokenEndpoint, { nonce }));
}

async function redeem(idJag: string, nonce?: string): Promise<Answer> {
  const proof = await prover.prove('POST', client().tokenEndpointOf('notes'), { nonce });
  return client().redeem('notes', idJag, {}, proof);
}

async function call(token: string, nonce?: string): Promise<Response> {
  const url = client().urlOf('notes');
  const proof = await prover.prove('POST', url, { ath: athOf(token), nonce });
  return postToolCall(url, { authorization: `DPoP ${token}`, ...proof }, 'whoami');
}

async function signIn(): Promise<string> {
  const { tokenEndpoint, exchange: ask } = client();
  // Any request tells the nonce of the moment.
  const nonce = nonceIn(await ask('notes', 'none', {}, await prover.prove('POST', tokenEndpoint)));
  const proof = await prover.prove('POST', tokenEndpoint, { nonce });
  return member(await client().signIn('alice', {}, proof), 'id_token');
}

test('where DPoP is required, an exchange without a proof is an invalid_dpop_proof', async () => {
  const answer = await client().exchange('notes', await signIn());
  expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_dpop_proof' } });
});

test('IdP, authorization server and server each ask for a nonce of their own and take it', async () => {
  const idToken = await signIn();
  const first = await exchange(idToken);
  expect(first).toMatchObject({ status: 400, body: { error: 'use_dpop_nonce' } });
  const exchanged = await exchange(idToken, nonceIn(first));
  expect(exchanged.status).toBe(200);
  expect(nonceIn(exchanged)).toBe(nonceIn(first));

  const idJag = member(exchanged, 'access_token');
  const second = await redeem(idJag, nonceIn(first));
  expect(second).toMatchObject({ status: 400, body: { error: 'use_dpop_nonce' } });
  expect(nonceIn(second)).not.toBe(nonceIn(first));
  const redeemed = await redeem(idJag, nonceIn(second));
  expect(redeemed).toMatchObject({ status: 200, body: { token_type: 'DPoP' } });

  const token = member(redeemed, 'access_token');
  const third = await call(token);
  expect(third.status).toBe(401);
  expect(challengeIn(third)).toMatch(/^DPoP .*error="use_dpop_nonce"/);
  const opened = await call(token, nonceIn(third));
  expect(opened.status).toBe(200);
  expect(nonceIn(opened)).toBe(nonceIn(third));
});

test.each([
  ['when they are rotated', () => company.rotateDpopNonces()],
  ['by themselves, by the company clock', () => advance(301_000)],
])('nonces change %s, and the old ones are worth nothing', async (_how, change) => {
  const old = nonceIn(await exchange(await signIn()));
  change();
  const idToken = await signIn();
  const refused = await exchange(idToken, old);
  expect(refused.body.error).toBe('use_dpop_nonce');
  expect(nonceIn(refused)).not.toBe(old);
  expect((await exchange(idToken, nonceIn(refused))).status).toBe(200);
});
