import { expect, test } from 'vitest';
import { judgeAnswer, type TokenScheme } from '../../../main/relay/judge-answer.ts';

const PASS = { kind: 'pass' };
const REFUSE = { kind: 'refuse' };
const NONCE = { kind: 'nonce' };
const FAIL = { kind: 'fail' };
const widen = (...scopes: string[]) => ({ kind: 'widen', scopes });
const stepUp = (wanted: object) => ({ kind: 'step-up', stepUp: wanted });

function judge(
  status: number,
  challenge?: string,
  more: readonly (string | Buffer)[] = [],
  scheme: TokenScheme = 'Bearer',
): object {
  const headers = [...(challenge === undefined ? [] : ['WWW-Authenticate', challenge]), ...more];
  // What its fault will say is told by other tests.
  const { refusal: _, ...judgement } = { refusal: undefined, ...judgeAnswer(status, headers, scheme) };
  return judgement;
}

test.each([200, 202, 204, 304, 400, 402, 404, 405, 429, 500, 503])(
  '%i passes, whatever its challenge says',
  (status) => {
    for (const error of ['invalid_token', 'insufficient_scope', 'insufficient_user_authentication'])
      expect(judge(status, `Bearer error="${error}", scope="a"`)).toEqual(PASS);
  },
);

test.each([300, 301, 302, 303, 307, 308])('%i is a redirect', (status) =>
  expect(judge(status)).toEqual({ kind: 'redirect' }),
);

test.each([
  undefined,
  'Bearer',
  'Bearer error="invalid_token"',
  'Bearer error="insufficient_scope", scope="a"',
  'Basic realm="insufficient_user_authentication"',
  'not a challenge at all',
  'DPoP error="use_dpop_nonce"',
  'DPoP error="invalid_dpop_proof"',
  'Bearer error="invalid_request"',
  'Bearer error="something_new"',
  'Bearer error="constructor"',
])('401 with %s refuses the token', (challenge) => expect(judge(401, challenge)).toEqual(REFUSE));

test.each<[string | undefined, object]>([
  ['Bearer error="insufficient_scope", scope="a b"', widen('a', 'b')],
  ['DPoP error="insufficient_scope", scope="a"', widen('a')],
  ['Bearer scope="files:read", error=insufficient_scope', widen('files:read')],
  ['Bearer error="insufficient_scope", scope=" a  a b "', widen('a', 'b')],
  ['Bearer error="insufficient_scope", scope="a é c\\"d"', widen('a')],
  [`Bearer error="insufficient_scope", scope="${'x'.repeat(257)} a"`, widen('a')],
  ['Bearer error="insufficient_scope", scope=""', PASS],
  ['Bearer error="insufficient_scope"', PASS],
  ['Bearer error="invalid_token", scope="a"', PASS],
  ['Bearer scope="a"', PASS],
  ['Basic realm="x"', PASS],
  [undefined, PASS],
])('403 with %.60s asks for %j', (challenge, expected) => expect(judge(403, challenge)).toEqual(expected));

test('a server that names any number of scopes gets a hundred looked at', () => {
  const scopes = Array.from({ length: 500 }, (_, index) => `s${index}`);
  expect(judge(403, `Bearer error="insufficient_scope", scope="${scopes.join(' ')}"`)).toEqual(
    widen(...scopes.slice(0, 100)),
  );
});

test.each([
  ['acr_values="urn:a urn:b", max_age="300"', { acrValues: 'urn:a urn:b', maxAgeSeconds: 300 }],
  ['acr_values="urn:a"', { acrValues: 'urn:a' }],
  ['max_age=0', { maxAgeSeconds: 0 }],
  ['realm="x"', {}],
  ['max_age="-5", acr_values="urn:a"', { acrValues: 'urn:a' }],
  ['max_age="1e3"', {}],
  ['max_age="12345678901"', {}],
  ['max_age="5 "', {}],
  ['acr_values="é", max_age="5"', { maxAgeSeconds: 5 }],
  ['acr_values="a  b"', {}],
  [`acr_values="${'x'.repeat(2_000)}"`, {}],
])('401 that wants another sign-in by %.40s is no refusal of the token', (parameters, wanted) => {
  expect(judge(401, `Bearer error="insufficient_user_authentication", ${parameters}`)).toEqual(stepUp(wanted));
});

test.each<[string, readonly string[], object]>([
  ['DPoP error="use_dpop_nonce"', ['DPoP-Nonce', 'n-1'], NONCE],
  ['DPoP algs="ES256", error="use_dpop_nonce"', ['dpop-nonce', 'n-1'], NONCE],
  ['Bearer, DPoP error="use_dpop_nonce"', ['dpop-nonce', 'n-1'], NONCE],
  ['Bearer error="invalid_request", DPoP error="use_dpop_nonce"', ['dpop-nonce', 'n-1'], NONCE],
  ['DPoP error="use_dpop_nonce"', [], REFUSE],
  ['DPoP error="use_dpop_nonce"', ['dpop-nonce', ''], REFUSE],
  ['DPoP error="invalid_token"', ['dpop-nonce', 'n-1'], REFUSE],
  ['DPoP error="invalid_dpop_proof"', ['dpop-nonce', 'n-1'], FAIL],
  ['Bearer, DPoP error="invalid_dpop_proof"', [], FAIL],
  ['Bearer realm="a, DPoP error=use_dpop_nonce"', ['dpop-nonce', 'n-1'], REFUSE],
  ['Bearer realm="unclosed, DPoP error=use_dpop_nonce', ['dpop-nonce', 'n-1'], REFUSE],
])('a proof that was answered 401 %s %j is judged %j', (challenge, more, expected) => {
  expect(judge(401, challenge, more, 'DPoP')).toEqual(expected);
});

test('a nonce for who sent no proof is of no use', () => {
  expect(judge(401, 'DPoP error="use_dpop_nonce"', ['dpop-nonce', 'n-1'])).toEqual(REFUSE);
});

test('of several challenges the one that names an error counts, also in a header of its own', () => {
  const scope = 'Bearer error="insufficient_scope", scope="a"';
  expect(judge(403, 'Basic realm="x"', ['WWW-Authenticate', Buffer.from(scope)])).toEqual(widen('a'));
  expect(judge(403, 'Bearer realm="x"', ['www-authenticate', scope])).toEqual(widen('a'));
  expect(judge(403, `DPoP algs="ES256", ${scope}`)).toEqual(widen('a'));
  expect(judge(403, `Bearer error="insufficient_scope", scope="a", DPoP algs="ES256"`)).toEqual(widen('a'));
});

const MANY = 4_000;

test.each([
  ['quotes', '"'.repeat(MANY)],
  ['escaped quotes', `"${'\\"'.repeat(MANY / 2)}`],
  ['commas', ', '.repeat(MANY / 2)],
  ['white space', `,${' '.repeat(MANY)}`],
  ['challenges', 'Bearer,'.repeat(MANY / 7)],
])('any number of %s is read in time that grows with its length alone', (_what, nasty) => {
  // Work that grew with the square of the length would take minutes and run into the test's own limit.
  for (let round = 0; round < 500; round += 1) expect(judge(401, nasty)).toEqual(REFUSE);
});
