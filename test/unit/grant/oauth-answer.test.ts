import { expect, test } from 'vitest';
import { type Leg, malformedAnswer, readOAuthAnswer } from '../../../main/grant/oauth-answer.ts';
import { problemFrom } from '../fixtures.ts';
import { answerer, json } from './answerer.ts';

const LEGS: readonly Leg[] = ['token-exchange', 'jwt-bearer'];

/** What each code means at the identity provider and at the authorization server. */
const CODES: readonly (readonly [string, string, string])[] = [
  ['invalid_grant', 'signed-out', 'misconfigured'],
  ['access_denied', 'denied', 'denied'],
  ['insufficient_user_authentication', 'step-up', 'step-up'],
  ['invalid_target', 'misconfigured', 'misconfigured'],
  ['invalid_scope', 'misconfigured', 'misconfigured'],
  ['invalid_authorization_details', 'misconfigured', 'misconfigured'],
  ['invalid_client', 'misconfigured', 'misconfigured'],
  ['unauthorized_client', 'misconfigured', 'misconfigured'],
  ['unsupported_grant_type', 'misconfigured', 'misconfigured'],
  ['invalid_request', 'misconfigured', 'misconfigured'],
  ['invalid_token', 'misconfigured', 'misconfigured'],
  ['interaction_required', 'signed-out', 'signed-out'],
  ['login_required', 'signed-out', 'signed-out'],
  ['consent_required', 'signed-out', 'signed-out'],
  ['account_selection_required', 'signed-out', 'signed-out'],
  ['invalid_dpop_proof', 'misconfigured', 'misconfigured'],
  ['use_dpop_nonce', 'retry', 'retry'],
  ['something_new', 'misconfigured', 'misconfigured'],
  ['temporarily_unavailable', 'retry', 'retry'],
  ['server_error', 'retry', 'retry'],
  ['slow_down', 'retry', 'retry'],
  // Names that every object has by nature.
  ['constructor', 'misconfigured', 'misconfigured'],
  ['__proto__', 'misconfigured', 'misconfigured'],
  ['toString', 'misconfigured', 'misconfigured'],
];

const TABLE = CODES.flatMap(([code, atIdp, atServer]) =>
  LEGS.map((leg) => [code, leg, leg === 'token-exchange' ? atIdp : atServer] as const),
);

const recoveryOf = (expected: string) =>
  expected === 'retry' ? { kind: 'retry' } : { kind: 'blocked', reason: expected };

test.each(TABLE)('%s at the %s leg, with 4xx or as some servers do with 200: %s', async (code, leg, expected) => {
  for (const status of [400, 401, 403, 200]) {
    const body = { error: code, error_description: 'A reason.' };
    const error = await problemFrom(readOAuthAnswer(json(body, status), answerer(leg)));
    expect(error.code).toBe(`${leg}-${code.replaceAll('_', '-')}`);
    expect(error.recovery).toEqual(recoveryOf(expected));
    const who = leg === 'token-exchange' ? 'the identity provider' : 'the authorization server';
    expect(error.administrator).toContain(
      `The notes: ${who} https://idp.example.com/tenant answered HTTP ${status} ${code}: A reason. `,
    );
    expect(error.user).not.toContain(code);
    expect(error.user).not.toContain('{');
  }
});

test.each(TABLE)('%s at the %s leg with 5xx or 429 is the word of a gateway and may pass', async (code, leg) => {
  for (const status of [500, 502, 503, 504])
    expect(await problemFrom(readOAuthAnswer(json({ error: code }, status), answerer(leg)))).toMatchObject({
      code: 'answer-unusable',
      recovery: { kind: 'retry' },
    });
  expect(await problemFrom(readOAuthAnswer(json({ error: code }, 429), answerer(leg)))).toMatchObject({
    code: 'answer-too-many-requests',
    recovery: { kind: 'retry' },
  });
});

test.each([
  ['7', 7_000],
  ['Thu, 01 Jan 2026 00:01:00 GMT', 60_000],
  ['soon', undefined],
])('Retry-After %s is honoured', async (value, afterMs) => {
  const headers = { 'retry-after': value };
  const expected = afterMs === undefined ? { kind: 'retry' } : { kind: 'retry', afterMs };
  for (const response of [json({}, 429, headers), json({}, 503, headers), json({ error: 'slow_down' }, 400, headers)])
    expect((await problemFrom(readOAuthAnswer(response, answerer()))).recovery).toEqual(expected);
  const final = await problemFrom(readOAuthAnswer(json({ error: 'access_denied' }, 403, headers), answerer()));
  expect(final.recovery).toEqual({ kind: 'blocked', reason: 'denied' });
});

const HTML = { headers: { 'content-type': 'text/html' } };

test.each<readonly [string, Response]>([
  ['a page with 200', new Response('<html>', { status: 200, ...HTML })],
  ['a page with 400', new Response('<html>', { status: 400, ...HTML })],
  ['a page with 403', new Response('<html>', { status: 403, ...HTML })],
  ['a page with 502', new Response('<html>', { status: 502, ...HTML })],
  ['nothing with 200', new Response('', { status: 200 })],
  ['half of it', new Response('{"error":"acc', { status: 400 })],
  ['4xx without an OAuth error', json({ message: 'Forbidden' }, 403)],
  ['an error that is no code', json({ error: { code: 1 } }, 400)],
  ['an error with letters that a code cannot have', json({ error: 'accès_denied' }, 400)],
  ['an empty error', json({ error: '' }, 400)],
  ['an error without end', json({ error: 'x'.repeat(101) }, 400)],
  ['a redirect', json({ error: 'access_denied' }, 302)],
])('%s is not an OAuth error, so it may pass', async (_what, response) => {
  const error = await problemFrom(readOAuthAnswer(response, answerer()));
  expect(error).toMatchObject({ code: 'answer-unusable', recovery: { kind: 'retry' } });
});

test('a right answer is given as it is', async () => {
  expect(await readOAuthAnswer(json({ access_token: 'a' }), answerer())).toEqual({ access_token: 'a' });
});

test("another party's words are cut and cannot steer what shows them; a description of another kind is left out", async () => {
  const describe = async (error_description: unknown) =>
    (await problemFrom(readOAuthAnswer(json({ error: 'invalid_scope', error_description }, 400), answerer())))
      .administrator;
  expect((await describe('x'.repeat(100_000))).length).toBeLessThan(700);
  expect(await describe('a\u001b[2J\r\nb\u009bc')).not.toMatch(/\p{Cc}/u);
  expect(await describe({ a: 1 })).toContain('answered HTTP 400 invalid_scope. ');
});

test.each(['Pay $& and $1', "The '$`' room", '{title}', '{issuer} {host}'])(
  'the title %j stands in the sentence as it is',
  async (title) => {
    const response = json({ error: 'access_denied' }, 403);
    const { user, administrator } = await problemFrom(readOAuthAnswer(response, answerer('token-exchange', title)));
    expect(user).toBe(`Your company has not given you access to ${title}. Ask your administrator if you need it.`);
    expect(administrator.startsWith(`${title}: the identity provider`)).toBe(true);
    expect(malformedAnswer(answerer('jwt-bearer', title), 'x').user).toContain(`${title} is not set up`);
  },
);

test('no access is told from no account: the one is given by the company, the other by the service', async () => {
  const atIdp = await problemFrom(readOAuthAnswer(json({ error: 'access_denied' }, 403), answerer('token-exchange')));
  expect(atIdp.user).toContain('Your company has not given you access to The notes');
  const atAs = await problemFrom(readOAuthAnswer(json({ error: 'access_denied' }, 403), answerer('jwt-bearer')));
  expect(atAs.user).toContain('You have no account at The notes yet');
  expect(atAs.administrator).toMatch(/licence .*signed in there once by single sign-on/);
});

const STEP_UP = 'insufficient_user_authentication';

test.each([
  [
    { acr_values: 'mfa phr', max_age: 300 },
    { acrValues: 'mfa phr', maxAgeSeconds: 300 },
  ],
  [{ acr_values: 'mfa' }, { acrValues: 'mfa' }],
  [{ max_age: '0' }, { maxAgeSeconds: 0 }],
  [{ acr_values: 'mfa', max_age: 'soon' }, { acrValues: 'mfa' }],
  [{ acr_values: 'mfa', max_age: '1e3' }, { acrValues: 'mfa' }],
  [{ acr_values: ['mfa'], max_age: 60 }, { maxAgeSeconds: 60 }],
  [{ acr_values: 'a"b', max_age: 1.5 }, undefined],
  [{ acr_values: 'x'.repeat(5_000), max_age: -1 }, undefined],
  [{ acr_values: '', max_age: '' }, undefined],
  [{ max_age: '99999999999999999999' }, undefined],
  [{}, undefined],
])(
  'what the next sign-in has to bring is read from the error, and what is malformed is left out: %j',
  async (members, stepUp) => {
    const expected = { kind: 'blocked', reason: 'step-up', ...(stepUp && { stepUp }) };
    for (const leg of LEGS)
      for (const status of [400, 200]) {
        const response = json({ error: STEP_UP, ...members }, status);
        expect((await problemFrom(readOAuthAnswer(response, answerer(leg)))).recovery).toEqual(expected);
      }
  },
);

test('no other error has the next sign-in bring anything', async () => {
  const response = json({ error: 'access_denied', acr_values: 'mfa', max_age: 5 }, 400);
  const { recovery } = await problemFrom(readOAuthAnswer(response, answerer()));
  expect(recovery).toEqual({ kind: 'blocked', reason: 'denied' });
});
