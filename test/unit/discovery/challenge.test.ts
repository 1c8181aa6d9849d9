import { expect, test } from 'vitest';
import { parseChallenge } from '../../../main/discovery/challenge.ts';

const URL_A = 'https://mcp.example.com/.well-known/oauth-protected-resource';

test.each([
  [`Bearer resource_metadata="${URL_A}"`, { resource_metadata: URL_A }],
  [`bearer resource_metadata="${URL_A}"`, { resource_metadata: URL_A }],
  [`DPoP algs="ES256 RS256", resource_metadata="${URL_A}"`, { algs: 'ES256 RS256', resource_metadata: URL_A }],
  ['Bearer', {}],
  ['Bearer error=invalid_token', { error: 'invalid_token' }],
  ['Bearer error = "invalid_token" , scope="a b"', { error: 'invalid_token', scope: 'a b' }],
  ['Bearer,realm="x"', { realm: 'x' }],
  ['  Bearer   realm="x"  ', { realm: 'x' }],
  ['Bearer Realm="X"', { realm: 'X' }],
  ['Bearer realm="a \\"quoted\\" \\\\ word"', { realm: 'a "quoted" \\ word' }],
  ['Bearer realm="a, b=c"', { realm: 'a, b=c' }],
  ['Bearer realm=""', { realm: '' }],
  ['Bearer realm="1", realm="2"', { realm: '2' }],
  ['Basic realm="x", Bearer scope="y"', { scope: 'y' }],
  ['Basic realm="Bearer", Bearer scope="y"', { scope: 'y' }],
  ['Negotiate, Bearer scope="y"', { scope: 'y' }],
  ['Negotiate oRMwEaADCgEA==, Bearer scope="y"', { scope: 'y' }],
  ['Negotiate YII/aB+c/d=, Bearer scope="y"', { scope: 'y' }],
  ['Negotiate abc, Bearer scope="y"', { scope: 'y' }],
  ['Bearer scope="y", Basic realm="x"', { scope: 'y' }],
  ['Bearer scope="1", Bearer scope="2"', { scope: '1' }],
  ['Bearer scope="1", DPoP scope="2"', { scope: '1' }],
  ['Bearer error="invalid_token", error_description="unclosed', { error: 'invalid_token' }],
  ['Bearer realm=', {}],
  ['Bearer realm=@', {}],
])('%s', (header, expected) => expect(parseChallenge(header)).toEqual(expected));

test.each([
  null,
  undefined,
  '',
  '   ',
  ',,,',
  'Basic realm="x"',
  'Negotiate',
  'Negotiate oRMwEaADCgEA==',
  'Bearerish realm="x"',
  '"Bearer" realm="x"',
  '= Bearer',
  '\u0000Bearer realm="x"',
  `Bearer realm="${'x'.repeat(9 * 1024)}"`,
])('%j holds no challenge of ours', (header) => expect(parseChallenge(header)).toBeUndefined());

test('names that objects have by nature do no harm', () => {
  const challenge = parseChallenge('Bearer __proto__="x", constructor="y", scope="z"');
  expect(challenge?.scope).toBe('z');
  expect(parseChallenge('Bearer scope="z"')?.polluted).toBeUndefined();
  expect({}).not.toHaveProperty('x');
});

const MANY = 4_000;

test.each([
  ['a quote that is never closed', `Bearer a="${'x'.repeat(MANY)}`, {}],
  ['backslashes', `Bearer a="${'\\'.repeat(MANY)}`, {}],
  ['white space behind a name', `Bearer a${' \t'.repeat(MANY / 2)}`, {}],
  ['equals signs', `Bearer a${'='.repeat(MANY)}`, {}],
  ['separators', `Bearer ${', '.repeat(MANY / 2)}`, {}],
  ['schemes', 'a '.repeat(MANY / 2), undefined],
  ['credentials', `Negotiate ${'aaaa='.repeat(MANY / 5)}`, undefined],
  ['credentials that end in something else', `Negotiate ${'a'.repeat(MANY)}\u0000`, undefined],
  ['white space behind credentials', `Negotiate a${' '.repeat(MANY)}b`, undefined],
])('any amount of %s is read in time that grows with its length alone', (_what, nasty, expected) => {
  // Work that grew with the square of the length would take minutes and run into the test's own limit.
  for (let round = 0; round < 500; round += 1) expect(parseChallenge(nasty)).toEqual(expected);
});
