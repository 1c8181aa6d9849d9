import { generateKeyPairSync } from 'node:crypto';
import { calculateJwkThumbprint, decodeJwt, decodeProtectedHeader, type JWK } from 'jose';
import { expect, test } from 'vitest';
import { problemFrom, type SeenRequest, sendJson } from '../fixtures.ts';
import { type Answer, type Answers, mint, smallCompany } from './small-company.ts';

const REQUIRED = { dpop: 'required' };
const OFF = { dpop: 'off' };

const bound: Answer = (response, number) =>
  sendJson(response, 200, { access_token: `token-${number}`, token_type: 'DPoP', expires_in: 600 });

const bearer: Answer = (response, number) =>
  sendJson(response, 200, { access_token: `token-${number}`, token_type: 'Bearer', expires_in: 600 });

/** Refuses the first `times` requests. */
const refusing =
  (times: number, error: string, then: Answer, headers: Record<string, string> = {}): Answer =>
  (response, number) =>
    number <= times ? sendJson(response, 400, { error }, headers) : then(response, number);

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Issues readable ID-JAGs with this `cnf`. */
const issuing =
  (cnf: () => object): Answer =>
  (response) =>
    sendJson(response, 200, {
      issued_token_type: 'urn:ietf:params:oauth:token-type:id-jag',
      access_token: `${part({ alg: 'ES256' })}.${part(cnf())}.c2ln`,
      token_type: 'N_A',
    });

async function company(answers: Answers = {}) {
  const all = await smallCompany(answers);
  const sentTo = (path: string): readonly SeenRequest[] => all.site.seen.filter((request) => request.path === path);
  const proofsAt = (path: string) => sentTo(path).map(({ headers }) => headers.dpop as string | undefined);
  return {
    ...all,
    proofs: () => ({ idp: proofsAt('/idp/token'), as: proofsAt('/as/token') }),
    sentTo,
    minting: () => mint(all.server, all.context),
  };
}

const keyOf = (proof = '') => calculateJwkThumbprint(decodeProtectedHeader(proof).jwk as JWK);
const proved = expect.stringMatching(/^eyJ/);

test('where nobody asks for proofs none are sent, and a Bearer token is used', async () => {
  const { minting, proofs } = await company();
  expect(await minting()).toMatchObject({ accessToken: 'token-1', tokenType: 'Bearer' });
  expect(proofs()).toEqual({ idp: [undefined], as: [undefined] });
});

test('where policy requires them, both legs have proofs of one key, each for its own address', async () => {
  const { minting, proofs, context, site } = await company({
    identityProvider: REQUIRED,
    authorizationServer: REQUIRED,
    redeem: bound,
  });
  expect(await minting()).toMatchObject({ accessToken: 'token-1', tokenType: 'DPoP' });
  const { idp, as } = proofs();
  expect([idp.length, as.length]).toEqual([1, 1]);
  for (const proof of [...idp, ...as]) expect(await keyOf(proof)).toBe(await context.dpop.thumbprint());
  expect(decodeJwt(idp[0] ?? '')).toMatchObject({ htm: 'POST', htu: `${site.origin}/idp/token` });
  expect(decodeJwt(as[0] ?? '')).toMatchObject({ htm: 'POST', htu: `${site.origin}/as/token` });
});

test('where the server takes bound tokens alone, both legs have proofs at once', async () => {
  const { minting, proofs } = await company({
    resource: { dpop_bound_access_tokens_required: true },
    // An IdP that knows nothing of proofs: its ID-JAG alone would need none.
    exchange: issuing(() => ({})),
    redeem: bound,
  });
  expect(await minting()).toMatchObject({ tokenType: 'DPoP' });
  expect(proofs()).toEqual({ idp: [proved], as: [proved] });
});

test.each(['invalid_dpop_proof', 'use_dpop_nonce'])(
  'an AS that answers %s is sent a proof, and from then on at once',
  async (error) => {
    const { minting, proofs } = await company({ redeem: refusing(1, error, bound) });
    expect(await minting()).toMatchObject({ tokenType: 'DPoP' });
    expect(await minting()).toMatchObject({ tokenType: 'DPoP' });
    expect(proofs()).toEqual({ idp: [undefined, undefined], as: [undefined, proved, proved] });
  },
);

test('an IdP that asks for a proof is sent one; its ID-JAG may be bound then, so the AS gets one too', async () => {
  const { minting, proofs } = await company({
    exchange: refusing(1, 'invalid_dpop_proof', (response) => issuing(() => ({}))(response, 1)),
  });
  await minting();
  expect(proofs()).toEqual({ idp: [undefined, proved], as: [undefined] });
  const opaque = await company({ identityProvider: REQUIRED });
  await opaque.minting();
  expect(opaque.proofs()).toEqual({ idp: [proved], as: [proved] });
});

test('a proof that is refused is not sent again and again', async () => {
  const { minting, proofs } = await company({ redeem: refusing(9, 'invalid_dpop_proof', bound) });
  expect((await problemFrom(minting())).code).toBe('jwt-bearer-invalid-dpop-proof');
  expect(proofs().as).toEqual([undefined, proved]);
});

test('where policy says off, nothing is proved, whoever asks', async () => {
  const { minting, proofs } = await company({
    authorizationServer: OFF,
    redeem: refusing(1, 'invalid_dpop_proof', bound),
  });
  expect((await problemFrom(minting())).code).toBe('jwt-bearer-invalid-dpop-proof');
  expect(proofs().as).toEqual([undefined]);
});

test('a nonce is sent back once, with a new client assertion', async () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { minting, proofs, forms } = await company({
    authorizationServer: {
      ...REQUIRED,
      authentication: {
        method: 'private_key_jwt',
        privateKey: { ...privateKey.export({ format: 'jwk' }), alg: 'ES256' },
      },
    },
    redeem: refusing(1, 'use_dpop_nonce', bound, { 'dpop-nonce': 'n-1' }),
  });
  expect(await minting()).toMatchObject({ tokenType: 'DPoP' });
  expect(proofs().as.map((proof) => decodeJwt(proof ?? '').nonce)).toEqual([undefined, 'n-1']);
  const assertions = forms('/as/token').map(({ client_assertion }) => decodeJwt(client_assertion ?? '').jti);
  expect(new Set(assertions).size).toBe(2);
});

test('an endpoint that is never content with its nonce is asked twice, and left for later', async () => {
  const { minting, proofs } = await company({
    authorizationServer: REQUIRED,
    redeem: refusing(9, 'use_dpop_nonce', bound, { 'dpop-nonce': 'n-1' }),
  });
  expect(await problemFrom(minting())).toMatchObject({
    code: 'jwt-bearer-use-dpop-nonce',
    recovery: { kind: 'retry' },
  });
  expect(proofs().as).toHaveLength(2);
});

test('an ID-JAG that is bound to our key is redeemed with a proof of it', async () => {
  let jkt = '';
  const { minting, proofs, context } = await company({
    identityProvider: REQUIRED,
    exchange: issuing(() => ({ cnf: { jkt } })),
    redeem: bound,
  });
  jkt = await context.dpop.thumbprint();
  expect(await minting()).toMatchObject({ tokenType: 'DPoP' });
  expect(proofs().as).toEqual([proved]);
});

test.each([
  ['bound to no key, where policy requires it', {}, REQUIRED],
  ['bound to another key, where policy requires it', { cnf: { jkt: 'somebody-else' } }, REQUIRED],
  ['bound to another key', { cnf: { jkt: 'somebody-else' } }, {}],
  ['bound to another key, where policy wants no proofs', { cnf: { jkt: 'somebody-else' } }, OFF],
])('an ID-JAG that is %s is not redeemed', async (_what, claims, identityProvider) => {
  let issued = 0;
  const { server, context, proofs } = await company({ identityProvider, exchange: issuing(() => claims) });
  const error = await problemFrom(
    mint(server, context, {
      onIdJag: () => {
        issued += 1;
      },
    }),
  );
  expect(error).toMatchObject({
    code: 'token-exchange-not-bound',
    recovery: { kind: 'blocked', reason: 'misconfigured' },
  });
  expect(proofs().as).toEqual([]);
  expect(issued).toBe(1);
});

test('a Bearer token in spite of a proof is used, but not where policy requires a bound one', async () => {
  const wanted = await company({ redeem: refusing(1, 'invalid_dpop_proof', bearer) });
  expect(await wanted.minting()).toMatchObject({ tokenType: 'Bearer' });
  const required = await company({ authorizationServer: REQUIRED });
  expect(await problemFrom(required.minting())).toMatchObject({
    code: 'jwt-bearer-not-bound',
    recovery: { kind: 'blocked', reason: 'misconfigured' },
  });
});

test('a bound token for a request without a proof is nobody’s', async () => {
  const { minting } = await company({ redeem: bound });
  expect((await problemFrom(minting())).code).toBe('jwt-bearer-malformed');
});
