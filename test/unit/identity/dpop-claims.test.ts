import { expect, test } from 'vitest';
import { confirmationOf, isJwt, isNonce, proofClaims, proofTarget } from '../../../main/identity/dpop-claims.ts';

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = (claims: unknown, header: unknown = { alg: 'ES256' }) => `${part(header)}.${part(claims)}.c2ln`;

test('a proof names method, address, time and id, and nothing that is not needed', () => {
  expect(proofClaims({ method: 'POST', url: 'https://a.example/mcp' }, 1_700_000_000, 'one')).toEqual({
    jti: 'one',
    htm: 'POST',
    htu: 'https://a.example/mcp',
    iat: 1_700_000_000,
  });
});

test('a proof for a token holds its hash (the example of RFC 9449 section 7.1), and the nonce', () => {
  const accessToken = 'Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU';
  const claims = proofClaims({ method: 'GET', url: 'https://a.example/', accessToken, nonce: 'n-1' }, 1, 'one');
  expect(claims).toMatchObject({ ath: 'fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo', nonce: 'n-1' });
});

test.each([
  ['https://a.example/mcp?tenant=7#part', 'https://a.example/mcp'],
  ['https://a.example', 'https://a.example/'],
  ['https://a.example:8443/a/b', 'https://a.example:8443/a/b'],
  ['https://user:secret@a.example/mcp', 'https://a.example/mcp'],
])('the target of %s is %s', (url, target) => expect(proofTarget(url)).toBe(target));

test.each([
  ['abc', true],
  ['eyJ7S_zG.eyJH0-Z.HX4w-7v', true],
  ['x'.repeat(1024), true],
  ['x'.repeat(1025), false],
  ['', false],
  ['two words', false],
  ['a"b', false],
  ['a\\b', false],
  ['a\r\nB: c', false],
  ['é', false],
])('whether %.20j is a nonce: %s', (text, expected) => expect(isNonce(text)).toBe(expected));

test('the confirmation of a JWT is its thumbprint', () => {
  expect(confirmationOf(jwt({ cnf: { jkt: 'thumb' } }))).toBe('thumb');
  expect(confirmationOf(`${part({ alg: 'none' })}.${part({ cnf: { jkt: 'thumb' } })}.`)).toBe('thumb');
});

test.each([
  ['no cnf', {}],
  ['a cnf of another kind', { cnf: { 'x5t#S256': 'x' } }],
  ['a thumbprint that is no text', { cnf: { jkt: 5 } }],
  ['an empty thumbprint', { cnf: { jkt: '' } }],
  ['a thumbprint that is far too long', { cnf: { jkt: 'x'.repeat(257) } }],
  ['a cnf that is no object', { cnf: 'thumb' }],
])('a JWT with %s is readable and names no key', (_what, claims) => {
  expect(confirmationOf(jwt(claims))).toBeUndefined();
  expect(isJwt(jwt(claims))).toBe(true);
});

test.each([
  ['an opaque token', 'opaque-id-jag'],
  ['nothing', ''],
  ['an encrypted JWT', `${part({ alg: 'dir', enc: 'A256GCM' })}..aXY.Y3Q.dGFn`],
  ['claims that are no JSON', `${part({})}.bm90IGpzb24.c2ln`],
  ['claims that are no object', jwt([1])],
  ['claims that are null', jwt(null)],
  ['a header that is no object', jwt({ cnf: { jkt: 'thumb' } }, 'text')],
  ['something endless', jwt({ cnf: { jkt: 'thumb' }, padding: 'x'.repeat(64 * 1024) })],
])('%s is not readable', (_what, token) => {
  expect(isJwt(token)).toBe(false);
  expect(confirmationOf(token)).toBeUndefined();
});
