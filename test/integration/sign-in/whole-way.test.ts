import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Fixture, startFixture } from '../fixture.ts';
import { callTool, connectRelay, ERAS } from '../mcp.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(() => fixture.close());

test('before a sign-in nobody is signed in and no token has been asked for', () => {
  const { session, signIn, servers } = fixture.agent.state();
  expect(session).toEqual({ status: 'signed-out' });
  expect(signIn).toBeNull();
  expect(servers.map(({ status }) => status)).toEqual(['signed-out', 'signed-out', 'signed-out']);
  expect(fixture.company.counts).toMatchObject({ tokenExchanges: 0, redemptions: 0 });
});

test('one sign-in makes every server ready that the person may use, and says why another one is not', async () => {
  const page = await fixture.signIn('alice');
  expect(page.status).toBe(200);
  expect(page.text).toContain('You are signed in');
  const { session } = fixture.agent.state();
  expect(session).toMatchObject({ status: 'signed-in', name: 'Alice', email: 'alice@example.com', subject: 'u-alice' });
  expect(fixture.server('notes')).toMatchObject({
    status: 'ready',
    mints: { thisMonth: 1 },
    token: { scope: 'notes:read notes:write' },
  });
  expect(fixture.server('tickets')).toMatchObject({ status: 'ready', mints: { thisMonth: 1 } });
  const payroll = fixture.server('payroll');
  expect(payroll).toMatchObject({ status: 'denied', mints: { thisMonth: 0 }, token: { kind: 'none' } });
  expect(payroll.work).toMatchObject({
    kind: 'blocked',
    reason: 'denied',
    cause: {
      code: 'token-exchange-access-denied',
      user: 'Your company has not given you access to Payroll. Ask your administrator if you need it.',
      administrator: expect.stringContaining('alice@example.com is not assigned to Payroll'),
    },
  });
  expect(fixture.company.counts).toMatchObject({ signIns: 1, tokenExchanges: 2, redemptions: 2 });
});

test.each(ERAS)('a client calls a tool as that person, without a token of its own (%s)', async (era) => {
  const client = await connectRelay(fixture, 'notes', era);
  const caller = JSON.parse(await callTool(client, 'whoami'));
  expect(caller).toMatchObject({ subject: 'u-alice', clientId: 'lanyard-at-notes' });
  await client.close();
  expect(fixture.company.counts.redemptions).toBe(2);
});

test('signing out erases the session and every token, and revokes at the identity provider', async () => {
  await fixture.agent.acts.signOut();
  const { session, servers } = fixture.agent.state();
  expect(session).toEqual({ status: 'signed-out' });
  expect(servers.map(({ token }) => token.kind)).toEqual(['none', 'none', 'none']);
  expect(fixture.logged.map(({ event }) => event)).toContain('signed-out');
  await fixture.restart();
  expect(fixture.agent.state().session).toEqual({ status: 'signed-out' });
});

test.each(['reset', 'html'] as const)('signing out works without the provider too (%s)', async (kind) => {
  await fixture.signIn('alice');
  const end = fixture.company.faults.set({ at: 'idp-revocation', kind });
  await fixture.agent.acts.signOut();
  end();
  expect(fixture.agent.state().session).toEqual({ status: 'signed-out' });
  expect(fixture.server('notes').token.kind).toBe('none');
});
