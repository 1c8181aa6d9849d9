import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Company, startCompany } from '../../company/company.ts';
import { clientByHand, member } from './by-hand/client.ts';
import { newProver, type Prover } from './by-hand/prover.ts';

let company: Company;
let prover: Prover;
beforeAll(async () => {
  company = await startCompany({ dpop: { idp: 'required' } });
  prover = await newProver();
});
afterAll(async () => {
  await company.close();
  expect(company.troubles()).toEqual([]);
});

const client = () => clientByHand(company);
const proof = (by: Prover = prover) => by.prove('POST', client().tokenEndpoint);
const signIn = async () => client().signIn('alice', {}, await proof());

test('where DPoP is required, a sign-in without a proof is refused', async () => {
  expect(await client().signIn('alice')).toMatchObject({ status: 400, body: { error: 'invalid_dpop_proof' } });
});

test('with one it gives tokens that are bound', async () => {
  const tokens = await signIn();
  expect(tokens).toMatchObject({ status: 200, body: { token_type: 'DPoP', refresh_token: expect.any(String) } });
});

test('a refresh needs a proof by the same key, and refusals spend nothing', async () => {
  const refreshToken = member(await signIn(), 'refresh_token');
  expect((await client().refresh(refreshToken)).body.error).toBe('invalid_dpop_proof');
  const other = await client().refresh(refreshToken, await proof(await newProver()));
  expect(other).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  const renewed = await client().refresh(refreshToken, await proof());
  expect(renewed).toMatchObject({ status: 200, body: { token_type: 'DPoP' } });
  const next = member(renewed, 'refresh_token');
  expect((await client().refresh(next, await proof(await newProver()))).body.error).toBe('invalid_grant');
  expect((await client().refresh(next, await proof())).status).toBe(200);
});

test('the refresh token of a client with a credential is bound to that alone', async () => {
  const withSecret = clientByHand(company, { authentication: 'client_secret_basic' });
  const tokens = await withSecret.signIn('alice', {}, await proof());
  const renewed = await withSecret.refresh(member(tokens, 'refresh_token'), await proof(await newProver()));
  expect(renewed.status).toBe(200);
});
