import { expect, test } from 'vitest';
import { createGrants, fitsServer } from '../../../main/grant/grants.ts';
import { createLog } from '../../../main/journal/log.ts';
import { EMPTY_VAULT, personKey, type VaultContents } from '../../../main/vault/contents.ts';
import type { Vault } from '../../../main/vault/vault.ts';
import { createVirtualTime } from '../../virtual-time.ts';
import { memorySink, policyServer, problemFrom, sendJson } from '../fixtures.ts';
import { grantToken } from './grant-states.ts';
import { type Answers, smallCompany } from './small-company.ts';

// The schema would refuse http, which a policy from before it was stricter may have allowed.
const server = (url: string, issuer?: string) => ({
  ...policyServer({ authorizationServer: { clientId: 'c', issuer } }),
  url,
});

// A kept token for https://mcp.example.com/mcp, of https://as.example.com.
test.each([
  ['https://mcp.example.com/mcp', undefined, true],
  ['https://mcp.example.com/mcp/', undefined, true],
  ['https://mcp.example.com/mcp/v2', undefined, true],
  ['https://mcp.example.com/mcp', 'https://as.example.com', true],
  ['https://mcp.example.com/mcp', 'https://as.example.com/', false],
  ['https://mcp.example.com/mcp', 'https://other.example.com', false],
  ['https://mcp.example.com/', undefined, false],
  ['https://mcp.example.com/other', undefined, false],
  ['https://moved.example.com/mcp', undefined, false],
  ['http://mcp.example.com/mcp', undefined, false],
])('a kept token may go to %s with the issuer %s: %s', (url, issuer, fits) => {
  expect(fitsServer(grantToken(), server(url, issuer))).toBe(fits);
});

test('a last slash in the issuer matters, unless the quirks say otherwise', () => {
  const issuer = 'https://as.example.com/';
  const given = { clientId: 'c', issuer };
  expect(fitsServer(grantToken(), policyServer({ authorizationServer: given }))).toBe(false);
  const slash = { quirks: { issuerSlash: 'ignore' } };
  expect(fitsServer(grantToken(), policyServer({ authorizationServer: { ...given, ...slash } }))).toBe(true);
  const other = { ...given, ...slash, issuer: 'https://as.example.com/other' };
  expect(fitsServer(grantToken(), policyServer({ authorizationServer: other }))).toBe(false);
});

function memoryVault(contents: VaultContents): Vault & { contents: VaultContents } {
  const vault = {
    contents,
    unsaved: undefined,
    restored: false,
    setAside: undefined,
    settled: async () => {},
    update: async (change: (before: VaultContents) => VaultContents) => {
      vault.contents = change(vault.contents);
    },
  };
  return vault;
}

async function grantsOf(
  answers: Answers = {},
  kept: Partial<ReturnType<typeof grantToken>> | null = null,
  mintsPerMonth = 250,
) {
  const company = await smallCompany(answers);
  const { context, clock, site } = company;
  const policy = {
    version: 1 as const,
    company: 'Example',
    identityProvider: context.provider.policy,
    servers: [company.server, { ...company.server, name: 'second', title: 'The second' }],
    grants: { keep: 'active', mintsPerMonth } as const,
    relay: { port: 5693, keyInPath: false },
    gateway: { toolLimit: 80 },
    clients: { prefer: 'http' as const, entries: 'each' as const, headerHelper: false },
    desktop: {},
  };
  const home = { resource: `${site.origin}/mcp`, authorizationServer: `${site.origin}/as` };
  const token = { ...grantToken('kept', 300_000, clock()), ...home, ...kept };
  const vault = memoryVault({
    ...EMPTY_VAULT,
    session: context.session.current,
    grants: kept ? { notes: token } : {},
  });
  const { schedule } = createVirtualTime();
  const times = { schedule, random: () => 0.5 };
  const sink = memorySink();
  const log = createLog([sink]);
  const grants = createGrants({ ...context, policy, vault, ...times, log, onChange: () => {} });
  return { ...company, grants, vault, logged: sink.entries };
}

test('signing in mints for every server, and each token is kept under its name', async () => {
  const { grants, vault } = await grantsOf();
  expect(grants.names).toEqual(['notes', 'second']);
  expect(grants.view().map(({ status }) => status)).toEqual(['idle', 'idle']);
  await grants.signedIn();
  expect(grants.view()).toMatchObject([
    {
      name: 'notes',
      status: 'ready',
      mints: { today: 1, thisMonth: 1 },
      token: { kind: 'valid', scope: 'notes:read' },
    },
    { name: 'second', status: 'ready', mints: { today: 1, thisMonth: 1 } },
  ]);
  expect(Object.keys(vault.contents.grants).sort()).toEqual(['notes', 'second']);
  expect(JSON.stringify(grants.view())).not.toContain('token-1');
});

test('a fault at one server does not touch another', async () => {
  const { grants } = await grantsOf({
    redeem: (response, number) =>
      number === 1
        ? sendJson(response, 403, { error: 'access_denied' })
        : sendJson(response, 200, { access_token: 'a', token_type: 'Bearer' }),
  });
  await grants.signedIn();
  expect(
    grants
      .view()
      .map(({ status }) => status)
      .sort(),
  ).toEqual(['denied', 'ready']);
});

test('a kept token of this person is used', async () => {
  const { grants, counts } = await grantsOf({}, {});
  expect((await grants.get('notes')?.token())?.accessToken).toBe('kept');
  expect(counts.exchange).toBe(0);
});

test.each([
  ['of somebody else', { subject: 'bob' }],
  ['for another place', { resource: 'https://moved.example.com/mcp' }],
])('a kept token %s is not', async (_what, change) => {
  const { grants } = await grantsOf({}, change);
  expect((await grants.get('notes')?.token())?.accessToken).toBe('token-1');
});

test('a token that arrives after signing out is not kept', async () => {
  const { grants, vault } = await grantsOf();
  await vault.update((contents) => ({ ...contents, session: null }));
  await grants.get('notes')?.token();
  expect(vault.contents.grants).toEqual({});
});

test('after a reset nobody holds a token, and an unknown name has no keeper', async () => {
  const { grants } = await grantsOf();
  await grants.signedIn();
  grants.reset();
  expect(grants.view().map(({ status }) => status)).toEqual(['idle', 'idle']);
  expect(grants.get('nobody')).toBeUndefined();
});

test('mints are counted for the person, whatever becomes of the ID-JAG, and outlive a sign-out', async () => {
  const { grants, vault, context } = await grantsOf({
    redeem: (response) => sendJson(response, 403, { error: 'access_denied' }),
  });
  await grants.signedIn();
  expect(grants.view().map(({ mints }) => mints.thisMonth)).toEqual([1, 1]);
  const { current } = context.session;
  if (!current) throw new Error('Somebody is signed in');
  expect(Object.keys(vault.contents.mints)).toEqual([personKey(current)]);
  await vault.update((contents) => ({ ...contents, session: null, grants: {} }));
  expect(vault.contents.mints[personKey(current)]).toMatchObject({ notes: { inMonth: 1 }, second: { inMonth: 1 } });
});

test('when a month’s mints are nearly spent, people and the log are told, once', async () => {
  const { grants, logged } = await grantsOf({}, null, 5);
  for (const mint of [1, 2, 3]) {
    await grants.get('notes')?.token();
    grants.get('notes')?.reset();
    expect([mint, grants.warnings()]).toEqual([mint, []]);
  }
  for (const used of [4, 5]) {
    await grants.get('notes')?.token();
    grants.get('notes')?.reset();
    expect(grants.warnings()).toEqual([
      expect.stringContaining(`The notes has used ${used} of this month's 5 renewals`),
    ]);
  }
  expect(logged.filter(({ event }) => event === 'mints-thin')).toMatchObject([{ fields: { server: 'notes' } }]);
});

test('the next sign-in is asked for what grants and calls ask for', async () => {
  const { grants } = await grantsOf({
    exchange: (response) =>
      sendJson(response, 400, { error: 'insufficient_user_authentication', max_age: 60, acr_values: 'strong' }),
  });
  expect(grants.demands()).toEqual([]);
  await grants.signedIn();
  expect(grants.demands()).toEqual(Array(2).fill({ acrValues: 'strong', maxAgeSeconds: 60 }));
  const cause = await problemFrom(grants.get('notes')?.token() ?? Promise.resolve());
  grants.get('notes')?.stepUpAsked({ maxAgeSeconds: 5 }, cause);
  expect(grants.demands()).toContainEqual({ maxAgeSeconds: 5 });
  expect(grants.view()[0]).toMatchObject({ status: 'step-up', signInAsked: cause.problem });
  grants.reset();
  expect(grants.demands()).toEqual([]);
});
