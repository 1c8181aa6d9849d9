import { expect, test } from 'vitest';
import { createGrants, fitsServer } from '../../../main/grant/grants.ts';
import { silentLog } from '../../../main/journal/log.ts';
import { EMPTY_VAULT, type VaultContents } from '../../../main/vault/contents.ts';
import type { Vault } from '../../../main/vault/vault.ts';
import type { PolicyServer } from '../../../shared/policy.ts';
import { sendJson } from '../fixtures.ts';
import { grantToken } from './grant-states.ts';
import { type Answers, smallCompany } from './small-company.ts';

const server = (url: string, issuer?: string): PolicyServer => ({
  name: 'notes',
  title: 'Notes',
  url,
  scopes: [],
  authorizationServer: { clientId: 'c', authentication: { method: 'none' }, ...(issuer !== undefined && { issuer }) },
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

function memoryVault(contents: VaultContents): Vault & { contents: VaultContents } {
  const vault = {
    contents,
    setAside: undefined,
    settled: async () => {},
    update: async (change: (before: VaultContents) => VaultContents) => {
      vault.contents = change(vault.contents);
    },
  };
  return vault;
}

async function grantsOf(answers: Answers = {}, kept: Partial<ReturnType<typeof grantToken>> | null = null) {
  const company = await smallCompany(answers);
  const { context, clock, site } = company;
  const policy = {
    version: 1 as const,
    company: 'Example',
    identityProvider: context.provider.policy,
    servers: [company.server, { ...company.server, name: 'second', title: 'The second' }],
    relay: { port: 5693, keyInPath: false },
  };
  const token = { ...grantToken('kept', 300_000, clock()), resource: `${site.origin}/mcp`, ...kept };
  const vault = memoryVault({
    ...EMPTY_VAULT,
    session: context.session.current,
    grants: kept ? { notes: token } : {},
  });
  const grants = createGrants({ ...context, policy, vault, random: () => 0.5, log: silentLog, onChange: () => {} });
  return { ...company, grants, vault };
}

test('signing in mints for every server, and each token is kept under its name', async () => {
  const { grants, vault } = await grantsOf();
  expect(grants.names).toEqual(['notes', 'second']);
  expect(grants.view().map(({ status }) => status)).toEqual(['idle', 'idle']);
  await grants.mintAll();
  expect(grants.view()).toMatchObject([
    { name: 'notes', status: 'ready', mints: 1, token: { kind: 'valid', scope: 'notes:read' } },
    { name: 'second', status: 'ready', mints: 1 },
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
  await grants.mintAll();
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
  await grants.mintAll();
  grants.reset();
  expect(grants.view().map(({ status }) => status)).toEqual(['idle', 'idle']);
  expect(grants.get('nobody')).toBeUndefined();
});
