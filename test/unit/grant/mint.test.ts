import { expect, test } from 'vitest';
import { problemFrom, sendJson, until } from '../fixtures.ts';
import { type Answer, mint, smallCompany } from './small-company.ts';

const refusal =
  (error: string, status = 400): Answer =>
  (response) =>
    sendJson(response, status, { error });

test('two requests make a token: each with its own client, the issuer as audience, the ID-JAG once', async () => {
  const { site, server, context, clock, forms } = await smallCompany();
  expect(await mint(server, context)).toEqual({
    subject: 'ada',
    accessToken: 'token-1',
    tokenType: 'Bearer',
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
      subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
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
  await mint(server, context);
  await mint(server, context);
  expect(counts).toEqual({ exchange: 2, redeem: 2, resource: 1 });
});

test('the scope that the authorization server names wins over that of the ID-JAG', async () => {
  const redeem: Answer = (response) => sendJson(response, 200, { access_token: 'a', token_type: 'Bearer', scope: 'x' });
  const { server, context } = await smallCompany({ redeem });
  expect((await mint(server, context)).scope).toBe('x');
});

test('a refused ID-JAG is replaced by one fresh one, with metadata read anew', async () => {
  const redeem: Answer = (response, number) =>
    number === 1
      ? sendJson(response, 400, { error: 'invalid_grant' })
      : sendJson(response, 200, { access_token: 'second', token_type: 'Bearer' });
  const { server, context, counts, forms } = await smallCompany({ redeem });
  expect((await mint(server, context)).accessToken).toBe('second');
  expect(counts).toEqual({ exchange: 2, redeem: 2, resource: 2 });
  expect(forms('/as/token').map(({ assertion }) => assertion)).toEqual(['id-jag-1', 'id-jag-2']);
});

test('a second refused ID-JAG is final', async () => {
  const { server, context, counts } = await smallCompany({ redeem: refusal('invalid_grant') });
  expect(await problemFrom(mint(server, context))).toMatchObject({
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
  await problemFrom(mint(server, context));
  expect(counts).toMatchObject({ exchange: 1, redeem: 1 });
  const atIdp = await smallCompany({ exchange: refusal(error, status) });
  await problemFrom(mint(atIdp.server, atIdp.context));
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
  expect((await problemFrom(mint(server, context))).code).toBe('token-exchange-invalid-target');
  expect((await mint(server, context)).authorizationServer).toBe(`${site.origin}/new`);
  expect(forms('/idp/token').map(({ audience }) => audience)).toEqual([`${site.origin}/old`, `${site.origin}/new`]);
});

test('a fault on any way always has a recovery', async () => {
  const hangUp: Answer = (response) => response.destroy();
  for (const answers of [{ exchange: hangUp }, { redeem: hangUp }]) {
    const { server, context } = await smallCompany(answers);
    expect(await problemFrom(mint(server, context))).toMatchObject({
      code: 'network-connection',
      recovery: { kind: 'retry' },
    });
  }
});

test('scopes that the server asked for are added to those of policy, each once and in their order, and are kept', async () => {
  const { server, context, forms } = await smallCompany();
  const extraScopes = ['notes:share', 'notes:read'];
  expect(await mint(server, context, { extraScopes })).toMatchObject({ extraScopes, scope: 'notes:read' });
  expect(forms('/idp/token')[0]?.scope).toBe('notes:read notes:write notes:share');
});

test('a refresh token of the session is exchanged as what it is', async () => {
  const { server, context, forms } = await smallCompany({
    subjectTokens: [{ token: 'the-refresh-token', type: 'refresh_token' }],
  });
  await mint(server, context);
  expect(forms('/idp/token')).toMatchObject([
    {
      subject_token: 'the-refresh-token',
      subject_token_type: 'urn:ietf:params:oauth:token-type:refresh_token',
    },
  ]);
});

test('every ID-JAG that was issued is told of, also one that the authorization server refuses', async () => {
  const { server, context, counts } = await smallCompany({ redeem: refusal('invalid_grant') });
  let issued = 0;
  await problemFrom(mint(server, context, { onIdJag: () => (issued += 1) }));
  expect(issued).toBe(2);
  expect(counts).toMatchObject({ exchange: 2, redeem: 2 });
  const refused = await smallCompany({ exchange: refusal('access_denied') });
  await problemFrom(mint(refused.server, refused.context, { onIdJag: () => (issued += 1) }));
  expect(issued).toBe(2);
});

test('a subject token that the identity provider refuses is renewed once, and the new one tells', async () => {
  const { server, context, forms, rejected, refused } = await smallCompany({
    subjectTokens: [
      { token: 'old', type: 'id_token' },
      { token: 'new', type: 'id_token' },
    ],
    exchange: (response, number) =>
      number === 1
        ? sendJson(response, 400, { error: 'invalid_grant' })
        : sendJson(response, 200, {
            issued_token_type: 'urn:ietf:params:oauth:token-type:id-jag',
            access_token: 'id-jag',
            token_type: 'N_A',
          }),
  });
  expect((await mint(server, context)).accessToken).toBe('token-1');
  expect(forms('/idp/token').map(({ subject_token }) => subject_token)).toEqual(['old', 'new']);
  expect(rejected).toEqual([undefined, 'old']);
  expect(refused).toEqual([]);
});

test('a renewed subject token that is refused too ends the session: its owner hears of it', async () => {
  const { server, context, counts, refused } = await smallCompany({ exchange: refusal('invalid_grant') });
  const error = await problemFrom(mint(server, context));
  expect(error).toMatchObject({
    code: 'token-exchange-invalid-grant',
    recovery: { kind: 'blocked', reason: 'signed-out' },
  });
  expect(counts).toMatchObject({ exchange: 2, redeem: 0 });
  expect(refused).toMatchObject([{ subject: { token: 'the.id.token' }, error }]);
});

test.each(['exchange', 'redeem'] as const)(
  'a mint that is given up ends the %s under way, with the reason',
  async (at) => {
    const giveUp = new AbortController();
    const reason = new Error('signed out');
    let closed = false;
    const hold: Answer = (response) => {
      response.on('close', () => {
        closed = true;
      });
      giveUp.abort(reason);
    };
    const { server, context, counts } = await smallCompany({ [at]: hold });
    await expect(mint(server, context, { signal: giveUp.signal })).rejects.toBe(reason);
    await until(() => closed);
    expect(counts[at]).toBe(1);
    await expect(mint(server, context, { signal: giveUp.signal })).rejects.toBe(reason);
    expect(counts).toMatchObject({ exchange: 1 });
  },
);

test('metadata that is being read when its mint is given up is read again by the next one', async () => {
  const giveUp = new AbortController();
  const { server, context, counts } = await smallCompany();
  const ended = mint(server, context, { signal: giveUp.signal });
  giveUp.abort(new Error('signed out'));
  const next = mint(server, context);
  await expect(ended).rejects.toThrow('signed out');
  expect((await next).accessToken).toBe('token-1');
  expect(counts.redeem).toBe(1);
});
