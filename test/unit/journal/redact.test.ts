import { expect, test } from 'vitest';
import { redact } from '../../../main/journal/redact.ts';

const JWT = `eyJhbGciOiJSUzI1NiJ9.${Buffer.from('{"sub":"ada"}').toString('base64url')}.c2lnbmF0dXJl`;
const JWE = 'eyJhbGciOiJSU0EtT0FFUCJ9.a2V5.aXY.Y2lwaGVydGV4dA.dGFn';
const KEY = `lk_${'Ab3-_'.repeat(8)}`;

test.each([
  ['a JWT', `rejected ${JWT} as expired`, 'rejected [redacted] as expired'],
  ['two JWTs', `${JWT} and ${JWT}`, '[redacted] and [redacted]'],
  ['an unsigned JWT', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.', '[redacted]'],
  ['a JWE', `got ${JWE}!`, 'got [redacted]!'],
  [
    'the beginning of a JWT that was cut off',
    'assertion eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZGEiLCJlb',
    'assertion [redacted]',
  ],
  ['a bearer token', 'Authorization: Bearer a1B2c3D4e5', 'Authorization: [redacted]'],
  ['a bearer token in small letters', 'authorization: bearer a1B2c3D4e5', 'authorization: [redacted]'],
  ['client credentials', 'Basic Y2xpZW50OnNlY3JldA==', '[redacted]'],
  ['a DPoP token', 'DPoP 0123456789abcdef', '[redacted]'],
  ['a code in a callback', '/callback?code=abc123&iss=x', '/callback?[redacted]&iss=x'],
  ['a state', 'state=S-9&x=1', '[redacted]&x=1'],
  ['a token in a form', 'grant_type=x&refresh_token=r%2F1 end', 'grant_type=x&[redacted] end'],
  ['a client secret', 'client_secret=hunter2', '[redacted]'],
  ['a PKCE verifier', 'code_verifier=abcdef', '[redacted]'],
  ['an assertion in a form', 'assertion=opaque&resource=r', '[redacted]&resource=r'],
  ['a local key in a header', `Lanyard-Key: ${KEY}`, 'Lanyard-Key: [redacted]'],
  ['a local key in a path', `GET /~${KEY}/notes/mcp`, 'GET /~[redacted]/notes/mcp'],
])('%s is not written down', (_what, text, expected) => expect(redact(text)).toBe(expected));

test.each([
  'Basic authentication is required at this endpoint.',
  'The server wants bearer authentication, not basic authentication.',
  'mcp.example.com answered 401 to a fresh access token of its own authorization server (https://as.example.com).',
  'something that is not a bearer token response',
  'The identity provider https://idp.example.com answered HTTP 400 invalid_grant: The code has expired.',
  'the state of the session, the nonce and the code are checked',
  'No access token within 10 s; eyJ is how a JWT begins.',
  'exited with code 1; lk_ is the prefix of a key',
  '/home/ada/.local/state/lanyard/vault.json cannot be written (ENOSPC).',
  '',
])('an ordinary sentence stays as it is: %s', (sentence) => expect(redact(sentence)).toBe(sentence));

test('a value that is too long is cut, and what was a secret at the cut stays one', () => {
  const text = `${'a '.repeat(980)}${JWT.repeat(3)}`;
  const written = redact(text);
  expect(written.length).toBeLessThan(2_001);
  expect(written).not.toContain('eyJ');
});

test('any amount of look-alikes is gone through at once', () => {
  for (const piece of ['eyJ', 'eyJaaaaaaaa.', 'Bearer ', 'code=', 'lk_', '-.'])
    expect(redact(piece.repeat(200_000)).length).toBeLessThan(30_000);
});
