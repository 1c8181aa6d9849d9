import { expect, test } from 'vitest';
import { mintGrant } from '../../../main/grant/mint.ts';
import { problemFrom, sendJson } from '../fixtures.ts';
import { type Answer, smallCompany } from './small-company.ts';

const refusal =
  (error: string, status = 400): Answer =>
  (response) =>
    sendJson(response, status, { error });

test('two requests make a token: each with its own client, the issuer as audience, the ID-JAG once', async () => {
  const { site, server, context, clock, forms } = await smallCompany();
  expect(await mintGrant(server, context)).toEqual({
    subject: 'ada',
    accessToken: 'token-1',
    scope: 'notes:read',
    mintedAt: clock(),
    expiresAt: clock() + 600_000,
    resource: `${site.origin}/mcp`,
    authorizationServer: `${site.origin}/as`,
  });
  expect(forms('/idp/token')).toMatchObject([
    {
      client_id: 'at-the-idp',
      subject_token: 'the.id.token',
      audience: `${site.origin}/as`,
      resource: `${site.origin}/mcp`,
      scope: 'notes:read notes:write',
    },
  ]);
  expect(forms('/as/token')).toMatchObject([
    { client_id: 'at-the-as', client_secret: 's', assertion: 'id-jag-1', resource: `${site.origin}/mcp` },
  ]);
  expect(forms('/as/token')[0]).not.toHaveProperty('scope');
});

test('metadata is read once for many mints', async () => {
  const { server, context, counts } = await smallCompany();
  await mintGrant(server, context);
  await mintGrant(server, context);
  expect(counts).toEqual({ exchange: 2, redeem: 2, resource: 1 });
});

test('the scope that the authorization server names wins over that of the ID-JAG', async () => {
  const redeem: Answer = (response) => sendJson(response, 200, { access_token: 'a', token_type: 'Bearer', scope: 'x' });
  const { server, context } = await smallCompany({ redeem });
  expect((await mintGrant(server, context)).scope).toBe('x');
});

test('a refused ID-JAG is replaced by one fresh one, with metadata read anew', async () => {
  const redeem: Answer = (response, number) =>
    number === 1
      ? sendJson(response, 400, { error: 'invalid_grant' })
      : sendJson(response, 200, { access_token: 'second', token_type: 'Bearer' });
  const { server, context, counts, forms } = await smallCompany({ redeem });
  expect((await mintGrant(server, context)).accessToken).toBe('second');
  expect(counts).toEqual({ exchange: 2, redeem: 2, resource: 2 });
  expect(forms('/as/token').map(({ assertion }) => assertion)).toEqual(['id-jag-1', 'id-jag-2']);
});

test('a second refused ID-JAG is final', async () => {
  const { server, context, counts } = await smallCompany({ redeem: refusal('invalid_grant') });
  expect(await problemFrom(mintGrant(server, context))).toMatchObject({
    code: 'jwt-bearer-invalid-grant',
    recovery: { kind: 'blocked', reason: 'misconfigured' },
  });
  expect(counts).toMatchObject({ exchange: 2, redeem: 2 });
});

test.each([
  ['access_denied', 400],
  ['invalid_client', 401],
  ['slow_down', 400],
  ['server_error', 500],
])('any other refusal is not tried again within the mint: %s', async (error, status) => {
  const { server, context, counts } = await smallCompany({ redeem: refusal(error, status) });
  await problemFrom(mintGrant(server, context));
  expect(counts).toMatchObject({ exchange: 1, redeem: 1 });
  const atIdp = await smallCompany({ exchange: refusal(error, status) });
  await problemFrom(mintGrant(atIdp.server, atIdp.context));
  expect(atIdp.counts).toMatchObject({ exchange: 1, redeem: 0 });
});

test('an authorization server that moved is found at the next mint after the refusal', async () => {
  const { site, server, context, forms } = await smallCompany({
    issuer: (origin, number) => (number <= 1 ? `${origin}/old` : `${origin}/new`),
    exchange: (response, number) =>
      number === 1
        ? sendJson(response, 400, { error: 'invalid_target' })
        : sendJson(response, 200, {
            issued_token_type: 'urn:ietf:params:oauth:token-type:id-jag',
            access_token: 'id-jag',
            token_type: 'N_A',
          }),
  });
  expect((await problemFrom(mintGrant(server, context))).code).toBe('token-exchange-invalid-target');
  expect((await mintGrant(server, context)).authorizationServer).toBe(`${site.origin}/new`);
  expect(forms('/idp/token').map(({ audience }) => audience)).toEqual([`${site.origin}/old`, `${site.origin}/new`]);
});

test('a fault on any way always has a recovery', async () => {
  const hangUp: Answer = (response) => response.destroy();
  for (const answers of [{ exchange: hangUp }, { redeem: hangUp }]) {
    const { server, context } = await smallCompany(answers);
    expect(await problemFrom(mintGrant(server, context))).toMatchObject({
      code: 'network-connection',
      recovery: { kind: 'retry' },
    });
  }
});
