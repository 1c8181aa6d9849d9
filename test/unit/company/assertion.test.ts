import { createLocalJWKSet, importJWK, type JWTPayload, SignJWT } from 'jose';
import { beforeAll, expect, test } from 'vitest';
import { type AssertionCheck, judgeAssertion } from '../../company/authorization-server/assertion.ts';
import { createReplayGuard } from '../../company/authorization-server/replay.ts';
import { newRs256Key, type SigningKey } from '../../company/keys.ts';

const NOW_SECONDS = 1_900_000_000;
const CLAIMS: JWTPayload = {
  iss: 'https://idp.example.com',
  sub: 'u-alice',
  aud: 'https://as.example.com',
  client_id: 'lanyard-at-notes',
  jti: 'one',
  iat: NOW_SECONDS,
  exp: NOW_SECONDS + 300,
  resource: 'https://notes.example.com/mcp',
  scope: 'notes:read',
  email: 'alice@example.com',
};

let key: SigningKey;
beforeAll(async () => {
  key = await newRs256Key();
});

function newCheck(): AssertionCheck {
  const clock = () => NOW_SECONDS * 1000;
  return {
    idpIssuer: 'https://idp.example.com',
    idpKeys: createLocalJWKSet({ keys: [key.publicJwk] }),
    issuer: 'https://as.example.com',
    clientId: 'lanyard-at-notes',
    resource: 'https://notes.example.com/mcp',
    clock,
    replay: createReplayGuard(clock),
  };
}

async function sign(changes: JWTPayload, typ = 'oauth-id-jag+jwt'): Promise<string> {
  const { kid, alg } = key.privateJwk;
  const claims = JSON.parse(JSON.stringify({ ...CLAIMS, ...changes }));
  return new SignJWT(claims).setProtectedHeader({ alg, kid, typ }).sign(await importJWK(key.privateJwk, alg));
}

test('an ID-JAG that fits is accepted once', async () => {
  const check = newCheck();
  const idJag = await sign({});
  expect(await judgeAssertion(idJag, check)).toEqual({ idJag: expect.objectContaining({ sub: 'u-alice' }) });
  expect(await judgeAssertion(idJag, check)).toEqual({
    refusal: { error: 'invalid_grant', description: 'The ID-JAG was used before' },
  });
});

test.each([
  ['another issuer', { iss: 'https://other.example.com' }, 'The ID-JAG has the wrong iss'],
  ['another audience', { aud: 'https://other.example.com' }, 'The ID-JAG has the wrong aud'],
  ['an audience with a trailing slash', { aud: 'https://as.example.com/' }, 'The ID-JAG has the wrong aud'],
  ['another client', { client_id: 'other' }, 'The ID-JAG is for another client'],
  ['another resource', { resource: 'https://other.example.com/mcp' }, 'The ID-JAG is for another resource'],
  ['an end in the past', { exp: NOW_SECONDS - 1 }, 'The ID-JAG has expired'],
  ['an issue in the future', { iat: NOW_SECONDS + 60 }, 'The ID-JAG was issued in the future'],
  ['no jti', { jti: undefined }, 'The ID-JAG has the wrong jti'],
  ['no end', { exp: undefined }, 'The ID-JAG has the wrong exp'],
] as const)('an ID-JAG with %s is refused', async (_what, changes, description) => {
  const verdict = await judgeAssertion(await sign(changes as JWTPayload), newCheck());
  expect(verdict).toEqual({ refusal: { error: 'invalid_grant', description } });
});

test('a token of another type is refused, although its claims fit', async () => {
  const verdict = await judgeAssertion(await sign({}, 'JWT'), newCheck());
  expect(verdict).toEqual({ refusal: { error: 'invalid_grant', description: 'The ID-JAG has the wrong typ' } });
});

test('what is not a JWT at all is refused', async () => {
  const verdict = await judgeAssertion('nonsense', newCheck());
  expect(verdict).toMatchObject({ refusal: { error: 'invalid_grant' } });
});
