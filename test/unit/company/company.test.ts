import { spawnSync } from 'node:child_process';
import { decodeJwt } from 'jose';
import { afterEach, expect, test, vi } from 'vitest';
import { type Company, type CompanyOptions, startCompany } from '../../company/company.ts';
import { accessTokenFor, clientByHand, member } from './by-hand/client.ts';
import { callTool, connect, MODERN, textOf } from './by-hand/mcp.ts';

const companies: Company[] = [];
async function start(options: CompanyOptions = {}): Promise<Company> {
  const company = await startCompany(options);
  companies.push(company);
  return company;
}
afterEach(() => Promise.all(companies.splice(0).map((company) => company.close())));

test('the policy is plain JSON and holds what Lanyard must know', async () => {
  const company = await start();
  const policy = company.policy({ authentication: 'client_secret_basic', relayPort: 1234 });
  expect(JSON.parse(JSON.stringify(policy))).toEqual(policy);
  expect(policy).toEqual({
    version: 1,
    company: 'Example Company',
    identityProvider: {
      issuer: company.issuer,
      clientId: 'lanyard-basic',
      authentication: { method: 'client_secret_basic', clientSecret: expect.any(String) },
      scopes: ['openid', 'profile', 'email', 'offline_access'],
      redirectPorts: [],
    },
    servers: [
      expect.objectContaining({ name: 'notes', title: 'Notes', scopes: ['notes:read', 'notes:write'] }),
      expect.objectContaining({ name: 'tickets', title: 'Tickets' }),
      {
        name: 'payroll',
        title: 'Payroll',
        url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/mcp$/),
        scopes: ['payroll:read'],
        authorizationServer: {
          issuer: company.servers[2]?.issuer,
          clientId: 'lanyard-at-payroll',
          authentication: { method: 'client_secret_post', clientSecret: expect.any(String) },
        },
      },
    ],
    relay: { port: 1234 },
  });
});

test('the policy can be had for some servers only, and without a secret', async () => {
  const policy = (await start()).policy({ servers: ['payroll', 'notes'] });
  expect(policy.servers.map(({ name }) => name)).toEqual(['payroll', 'notes']);
  expect(policy.identityProvider).toMatchObject({ clientId: 'lanyard', authentication: { method: 'none' } });
});

test('a private key in the policy names its kid and alg', async () => {
  const { authentication } = (await start()).policy({ authentication: 'private_key_jwt' }).identityProvider;
  const privateKey = { kty: 'EC', alg: 'ES256', kid: expect.any(String), d: expect.any(String) };
  expect(authentication).toMatchObject({ method: 'private_key_jwt', privateKey });
});

test('no two companies share a secret', async () => {
  const [first, second] = [await start(), await start()];
  const known = new Set(first.secrets());
  expect(second.secrets().filter((secret) => known.has(secret))).toEqual([]);
});

test('every token, code, assertion, password and credential is remembered', async () => {
  const company = await start();
  const client = clientByHand(company, { authentication: 'private_key_jwt' });
  const tokens = await client.signIn('alice');
  const idJag = await client.exchange('notes', member(tokens, 'id_token'));
  const redeemed = await client.redeem('notes', member(idJag, 'access_token'));
  const refreshed = await client.refresh(member(tokens, 'refresh_token'));
  const { servers, identityProvider } = company.policy({ authentication: 'private_key_jwt' });
  const configured = [identityProvider, ...servers.map((server) => server.authorizationServer)].map(
    ({ authentication: proof }) =>
      proof.method === 'private_key_jwt' ? proof.privateKey.d : 'clientSecret' in proof ? proof.clientSecret : '',
  );
  const issued = [tokens, idJag, redeemed, refreshed].flatMap(({ body }) =>
    ['access_token', 'id_token', 'refresh_token'].flatMap((name) => (name in body ? [String(body[name])] : [])),
  );
  const passwords = company.people.map(({ password }) => password);
  expect(company.secrets()).toEqual(expect.arrayContaining([...configured, ...issued, ...passwords]));
  expect(company.secrets().filter((secret) => isClientAssertion(secret)).length).toBeGreaterThanOrEqual(3);
});

function isClientAssertion(secret: string): boolean {
  return secret.split('.').length === 3 && decodeJwt(secret).iss === 'lanyard-key';
}

test('counts say what has happened, and a reading does not change later', async () => {
  const company = await start();
  const before = company.counts;
  const token = await accessTokenFor(company, 'alice', 'notes');
  const client = await connect(clientByHand(company).urlOf('notes'), token, MODERN);
  await callTool(client, 'echo', { text: 'x' });
  await client.close();
  expect(company.counts).toMatchObject({ signIns: 1, tokenExchanges: 1, redemptions: 1, toolCalls: 1, refreshes: 0 });
  expect(company.counts.servers.notes).toMatchObject({ tokenExchanges: 1, redemptions: 1, toolCalls: 1 });
  expect(company.counts.servers.payroll).toMatchObject({ tokenExchanges: 0, redemptions: 0, requests: 0 });
  expect(before.signIns).toBe(0);
});

test('all times follow the company clock, whatever the machine says', async () => {
  const now = Date.UTC(2031, 4, 6);
  const company = await start({ clock: () => now, lifetimes: { idTokenSeconds: 100, idJagSeconds: 20 } });
  const client = clientByHand(company, {}, () => now);
  const tokens = await client.signIn('alice');
  const idToken = decodeJwt(member(tokens, 'id_token'));
  expect(Math.abs((idToken.iat ?? 0) - now / 1000)).toBeLessThanOrEqual(2);
  expect(idToken.iat).toBeLessThanOrEqual(now / 1000);
  expect((idToken.exp ?? 0) - (idToken.iat ?? 0)).toBe(100);
  const idJag = await client.exchange('notes', member(tokens, 'id_token'));
  expect(decodeJwt(member(idJag, 'access_token'))).toMatchObject({ iat: now / 1000, exp: now / 1000 + 20 });
  const redeemed = await client.redeem('notes', member(idJag, 'access_token'));
  expect(decodeJwt(member(redeemed, 'access_token'))).toMatchObject({ iat: now / 1000, exp: now / 1000 + 3600 });
  expect((await client.refresh(member(tokens, 'refresh_token'))).status).toBe(200);
});

test('latency is asked for every request with its place', async () => {
  const latencyMs = vi.fn(() => 0);
  const company = await start({ latencyMs });
  await fetch(`${company.servers[0]?.issuer}/.well-known/oauth-authorization-server`);
  const path = '/.well-known/oauth-authorization-server';
  expect(latencyMs).toHaveBeenCalledWith({ at: 'as-metadata', server: 'notes', path });
});

test('extra servers work like the three', async () => {
  const company = await start({ extraServers: 2 });
  expect(company.servers.map(({ name }) => name)).toEqual(['notes', 'tickets', 'payroll', 'extra-1', 'extra-2']);
  const token = await accessTokenFor(company, 'carol', 'extra-2');
  const client = await connect(clientByHand(company).urlOf('extra-2'), token, MODERN);
  expect(textOf(await callTool(client, 'whoami'))).toContain('carol@example.com');
  await client.close();
});

test('a port that is taken fails the start and leaves the other ports free', async () => {
  const company = await start();
  const taken = Number(new URL(company.issuer).port);
  await company.close();
  const free = Number(new URL(company.servers[0]?.issuer ?? '').port);
  await start({ ports: { idp: taken } });
  const servers = { notes: { server: free, authorizationServer: taken } };
  await expect(startCompany({ ports: { servers } })).rejects.toThrow('EADDRINUSE');
  const again = await start({ ports: { servers: { notes: { server: free } } } });
  expect(again.servers[0]?.url).toBe(`http://127.0.0.1:${free}/mcp`);
});

test('the console stays silent, and nothing keeps the process alive after close', () => {
  const program = `
    const { startCompany } = await import('./test/company/company.ts');
    const { accessTokenFor } = await import('./test/unit/company/by-hand/client.ts');
    const company = await startCompany({ latencyMs: 1 });
    await accessTokenFor(company, 'alice', 'notes');
    company.faults.set({ at: 'as-metadata', kind: 'hang' });
    fetch(company.servers[0].issuer + '/.well-known/oauth-authorization-server').catch(() => {});
    await company.close();
  `;
  const run = spawnSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' });
  expect(run).toMatchObject({ status: 0, stdout: '', stderr: '' });
});
