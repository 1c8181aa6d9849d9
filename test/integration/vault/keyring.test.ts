import { readdir, readFile, stat } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { pastedClientSchema } from '../../../shared/local-api.ts';
import { callLocal } from '../../../shared/local-client.ts';
import { createLaptop, type Laptop } from '../laptop.ts';
import { endAllChildren } from '../program.ts';
import { ask } from '../raw-http.ts';
import { until } from '../until.ts';
import { type Keyring, startKeyring } from './keyring.ts';

let laptop: Laptop;
let keyring: Keyring | undefined;

/** A laptop whose person has a desktop session with an unlocked keyring. */
async function open(): Promise<Keyring> {
  const env: Record<string, string> = {};
  laptop = await createLaptop({ env: () => env });
  const started = await startKeyring(laptop.home);
  Object.assign(env, started.env);
  keyring = started;
  return started;
}

afterEach(async () => {
  await keyring?.close();
  keyring = undefined;
  await endAllChildren();
  await laptop.close();
});

const vaultFile = () => readFile(laptop.paths.vault, 'utf8');

test('with an unlocked keyring the vault works, holds nothing in plain words, and survives a restart', async () => {
  await open();
  const agent = await laptop.startAgent();
  expect((await laptop.login()).exitCode).toBe(0);
  const { vault, agent: shown } = await laptop.state();
  expect(vault).toEqual({ keyStore: 'keychain', status: 'ready' });
  expect(shown.warnings).toEqual([]);
  const file = await vaultFile();
  const secrets = laptop.company.secrets();
  expect(secrets.length).toBeGreaterThan(10);
  for (const secret of [...secrets, 'u-alice', 'notes:read']) expect(file).not.toContain(secret);
  expect((await stat(laptop.paths.vault)).mode & 0o777).toBe(0o600);
  expect(await readdir(laptop.paths.state)).not.toContain('insecure-vault-key');

  await agent.end();
  const { redemptions } = laptop.company.counts;
  await laptop.startAgent();
  const { session, servers } = await laptop.state();
  expect(session).toMatchObject({ subject: 'u-alice' });
  expect(servers.find(({ name }) => name === 'notes')?.status).toBe('ready');
  expect(laptop.company.counts.redemptions).toBe(redemptions);
});

test('a locked keyring is told, changes nothing, and after unlocking everything is back without a restart', async () => {
  const { lock, unlock } = await open();
  const first = await laptop.startAgent();
  await laptop.login();
  await first.end();
  const before = await vaultFile();

  await lock();
  const agent = await laptop.startAgent();
  const { vault, session } = await laptop.state();
  expect(vault).toMatchObject({
    status: 'unavailable',
    problem: { code: 'keychain-locked', user: expect.stringContaining('Unlock your login keyring') },
  });
  expect(session.status).toBe('signed-out');
  expect((await laptop.run('status')).stdout).toContain('Unlock your login keyring');
  const login = await laptop.run('login', '--no-browser');
  expect(login.exitCode).toBe(1);
  expect(login.stderr).toContain('Unlock your login keyring');
  expect(await vaultFile()).toBe(before);

  await unlock();
  // The agent looks again by itself, every few seconds.
  await until(async () => (await laptop.state()).vault.status === 'ready');
  expect((await laptop.state()).session).toMatchObject({ subject: 'u-alice' });
  expect(agent.process.exitCode).toBeNull();
});

test('a keyring that is restarted under a running agent: calls go on, and what is new is kept', async () => {
  const { restart, unlock } = await open();
  const agent = await laptop.startAgent();
  await laptop.login();
  const { localKey } = await callLocal(laptop.paths, {
    method: 'POST',
    path: '/clients',
    body: { kind: 'snippet', transport: 'http' },
    answer: pastedClientSchema,
  });
  const notes = new URL(`${(await laptop.state()).relay.url}/notes/mcp`);
  const before = await vaultFile();
  await restart();
  // With a new token too, which has to be kept.
  laptop.company.revokeAccessTokens('notes');
  expect((await ask(notes, localKey)).by).toBe('server');
  await until(async () => (await vaultFile()) !== before);
  expect((await laptop.run('logout')).exitCode).toBe(0);
  expect((await laptop.login()).exitCode).toBe(0);
  expect((await laptop.state()).vault.status).toBe('ready');
  await agent.end();

  await laptop.startAgent();
  expect((await laptop.state()).vault.problem?.code).toBe('keychain-locked');
  await unlock();
  await until(async () => (await laptop.state()).vault.status === 'ready');
  expect((await laptop.state()).session).toMatchObject({ subject: 'u-alice' });
});

test('a keyring that is restarted while the agent waits for it: the agent starts itself again and goes on', async () => {
  const { lock, restart, unlock } = await open();
  const first = await laptop.startAgent();
  await laptop.login();
  await first.end();
  const before = await vaultFile();
  await lock();
  const second = await laptop.startAgent();
  expect((await laptop.state()).vault.problem?.code).toBe('keychain-locked');
  await restart();
  await unlock();
  const login = await laptop.run('login', '--no-browser');
  expect(login.exitCode).toBe(1);
  expect(login.stderr).toContain('Your system keychain was restarted');
  expect((await second.ended).exitCode).toBe(0);
  // The new one is nobody's child.
  await until(async () => (await laptop.run('status')).exitCode === 0);
  const { agent, session } = await laptop.state();
  expect(agent.pid).not.toBe(second.process.pid);
  expect(session).toMatchObject({ subject: 'u-alice' });
  expect(await vaultFile()).toBe(before);
  process.kill(agent.pid, 'SIGTERM');
  await until(async () => (await laptop.run('status')).exitCode !== 0);
});

test('a keyring that is locked at the first start of all gets no key and leaves no vault', async () => {
  const { lock, unlock } = await open();
  await lock();
  await laptop.startAgent();
  expect((await laptop.state()).vault.problem?.code).toBe('keychain-locked');
  expect(await readdir(laptop.paths.state)).not.toContain('vault.json');
  await unlock();
  // Somebody who acts does not have to wait for that.
  expect((await laptop.login()).exitCode).toBe(0);
  expect((await laptop.state()).vault.status).toBe('ready');
});

test('without a session bus there is a sentence that says what to do, and the agent runs', async () => {
  laptop = await createLaptop();
  await laptop.startAgent();
  const { vault } = await laptop.state();
  expect(vault).toMatchObject({ status: 'unavailable', problem: { code: 'keychain-missing' } });
  const login = await laptop.run('login', '--no-browser');
  expect(login.exitCode).toBe(1);
  expect(login.stderr).toContain('This session has no system keychain');
  expect(login.stderr).not.toMatch(/\n\s+at /);
  const doctor = await laptop.run('doctor');
  expect(doctor.exitCode).toBe(1);
  expect(doctor.stdout).toContain('✗ vault');
  expect(await readdir(laptop.paths.state)).not.toContain('vault.json');
});

test('while the keychain asks the person the agent is there, and ends when it is told to', async () => {
  laptop = await createLaptop({ env: (home) => ({ DBUS_SESSION_BUS_ADDRESS: `unix:path=${home}/bus` }) });
  // A bus that answers nothing, as a prompt that nobody sees.
  const asked: Socket[] = [];
  const bus = createServer((socket) => asked.push(socket.on('error', () => {})));
  await new Promise<void>((resolve) => {
    bus.listen(`${laptop.home}/bus`, resolve);
  });
  const agent = await laptop.startAgent();
  expect((await laptop.state()).vault).toMatchObject({ status: 'unavailable', problem: { code: 'vault-closed' } });
  expect(asked.length).toBeGreaterThan(0);
  await agent.end();
  expect((await laptop.run('status')).exitCode).toBeGreaterThan(0);
  for (const socket of asked) socket.destroy();
  await new Promise((resolve) => {
    bus.close(resolve);
  });
});

test('a key in a plain file is shown by every status', async () => {
  laptop = await createLaptop();
  const agent = await laptop.startAgent('--insecure-file-key');
  await agent.printed(/insecure-file-key/, 'stderr');
  const { vault, agent: shown } = await laptop.state();
  expect(vault.keyStore).toBe('insecure-file');
  expect(shown.warnings).toEqual([expect.stringContaining('--insecure-file-key')]);
  expect((await laptop.run('status')).stdout).toContain('Warning: The key of the vault lies in a plain file');
  expect((await laptop.run('doctor')).stdout).toContain('! vault: The key of the vault lies in a plain file');
  expect((await laptop.login()).stderr).toContain('Warning: The key of the vault lies in a plain file');
});

test('a vault of the keychain is not opened, and not touched, with a key in a file', async () => {
  await open();
  const first = await laptop.startAgent();
  await laptop.login();
  await first.end();
  const before = await vaultFile();
  const second = await laptop.startAgent('--insecure-file-key');
  expect((await laptop.state()).session.status).toBe('signed-out');
  await second.end();
  expect(await vaultFile()).toBe(before);
  await laptop.startAgent();
  expect((await laptop.state()).session).toMatchObject({ subject: 'u-alice' });
});
