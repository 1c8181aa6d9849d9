import { expect, test } from 'vitest';
import { DEFAULT_EXPIRES_IN_SECONDS, processAccessTokenResponse } from '../../../main/grant/jwt-bearer.ts';
import { processIdJagResponse } from '../../../main/grant/token-exchange.ts';
import { problemFrom } from '../fixtures.ts';
import { answerer, json } from './answerer.ts';

const ID_JAG = {
  issued_token_type: 'urn:ietf:params:oauth:token-type:id-jag',
  access_token: 'not even a JWT: it may be encrypted',
  token_type: 'N_A',
};
const TOKEN = { access_token: 'opaque-1', token_type: 'Bearer', expires_in: 600 };

const exchange = (body: unknown) => processIdJagResponse(json(body), answerer());
const redeem = (body: unknown) => processAccessTokenResponse(json(body), answerer('jwt-bearer'));

test.each([
  [{}, undefined, 300],
  [{ token_type: 'n_a' }, undefined, 300],
  [{ scope: 'notes:read', expires_in: 60 }, 'notes:read', 60],
  [{ scope: '', expires_in: '60', refresh_token: 'ignored' }, '', 300],
])('an ID-JAG is taken as it is, with the scope that was granted: %j', async (change, scope, expiresInSeconds) => {
  const expected = { assertion: ID_JAG.access_token, scope, expiresInSeconds };
  expect(await exchange({ ...ID_JAG, ...change })).toEqual(expected);
});

test.each([
  ['an access token in its place', { issued_token_type: 'urn:ietf:params:oauth:token-type:access_token' }],
  ['no type', { issued_token_type: undefined }],
  ['a bearer token type', { token_type: 'Bearer' }],
  ['no token type', { token_type: undefined }],
  ['no token', { access_token: undefined }],
  ['an empty token', { access_token: '' }],
  ['a token that is no text', { access_token: { a: 1 } }],
])('an exchange that gives %s is misconfigured', async (_what, change) => {
  const error = await problemFrom(exchange({ ...ID_JAG, ...change }));
  expect(error).toMatchObject({
    code: 'token-exchange-malformed',
    recovery: { kind: 'blocked', reason: 'misconfigured' },
  });
  expect(error.administrator).toContain('not an ID-JAG response');
});

test.each([
  [{}, 600, undefined],
  [{ token_type: 'bearer' }, 600, undefined],
  [{ token_type: 'BEARER', scope: 'a b' }, 600, 'a b'],
  [{ refresh_token: 'ignored' }, 600, undefined],
  [{ expires_in: undefined }, DEFAULT_EXPIRES_IN_SECONDS, undefined],
  [{ expires_in: 0 }, DEFAULT_EXPIRES_IN_SECONDS, undefined],
  [{ expires_in: -1 }, DEFAULT_EXPIRES_IN_SECONDS, undefined],
  [{ expires_in: 'soon' }, DEFAULT_EXPIRES_IN_SECONDS, undefined],
  [{ expires_in: null }, DEFAULT_EXPIRES_IN_SECONDS, undefined],
  // A shorter life would have us mint for every call.
  [{ expires_in: 0.5 }, 30, undefined],
  [{ expires_in: 30 * 24 * 3600 }, 24 * 3600, undefined],
])('an access token with %j lives %s s', async (change, expiresInSeconds, scope) => {
  const expected = { accessToken: 'opaque-1', tokenType: 'Bearer', expiresInSeconds, scope };
  expect(await redeem({ ...TOKEN, ...change })).toEqual(expected);
});

test.each([
  ['another token type', { token_type: 'DPoP' }],
  ['no token type', { token_type: undefined }],
  ['no token', { access_token: undefined }],
  ['an empty token', { access_token: '' }],
  ['a token with a space', { access_token: 'a b' }],
  ['a token that would end a header', { access_token: 'a\r\nX-Evil: 1' }],
  ['a token with an umlaut', { access_token: 'tokén' }],
])('a redemption that gives %s is misconfigured, and the token is not shown', async (_what, change) => {
  const error = await problemFrom(redeem({ ...TOKEN, ...change }));
  expect(error).toMatchObject({ code: 'jwt-bearer-malformed', recovery: { kind: 'blocked', reason: 'misconfigured' } });
  expect(`${error.user}${error.administrator}`).not.toContain('Evil');
});

test.each([[[]], ['text'], [5], [null], [{}]])(
  'JSON of another form is misconfigured on both legs: %j',
  async (body) => {
    expect((await problemFrom(exchange(body))).code).toBe('token-exchange-malformed');
    expect((await problemFrom(redeem(body))).code).toBe('jwt-bearer-malformed');
  },
);

test('an error beside a token is an error', async () => {
  expect((await problemFrom(exchange({ ...ID_JAG, error: 'access_denied' }))).code).toBe(
    'token-exchange-access-denied',
  );
  expect((await problemFrom(redeem({ ...TOKEN, error: 'access_denied' }))).code).toBe('jwt-bearer-access-denied');
});
