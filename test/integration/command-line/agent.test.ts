import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { localPaths } from '../../../shared/paths.ts';
import { createLaptop, type Laptop, WITHOUT_KEYCHAIN } from '../laptop.ts';
import { isOpen } from '../ports.ts';
import { endAllChildren, runProgram, startProgram } from '../program.ts';
import { initializeBody } from '../raw-http.ts';

let laptop: Laptop;
beforeAll(async () => {
  laptop = await createLaptop();
});
afterEach(endAllChildren);
afterAll(() => laptop.close());

const STACK = /\n\s+at .+[:(]/;

test('a second agent leaves with 0, and the first goes on', async () => {
  const first = await laptop.startAgent(WITHOUT_KEYCHAIN);
  const second = await laptop.run('agent', '--policy', laptop.policyFile, WITHOUT_KEYCHAIN);
  expect(second.exitCode).toBe(0);
  expect(second.stderr).toContain('agent-running-already');
  expect((await laptop.state()).agent.pid).toBe(first.pid);
});

test('of several agents started at once exactly one stays', async () => {
  const agents = Array.from({ length: 4 }, () =>
    laptop.start('agent', '--policy', laptop.policyFile, WITHOUT_KEYCHAIN),
  );
  await Promise.any(agents.map((agent) => agent.printed(/agent-ready/, 'stderr')));
  const stays = (await laptop.state()).agent.pid;
  const left = await Promise.all(agents.filter(({ pid }) => pid !== stays).map(({ ended }) => ended));
  expect(left.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
  expect((await laptop.state()).agent.pid).toBe(stays);
});

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s ends it with 0 and frees its port', async (signal) => {
  const agent = await laptop.startAgent(WITHOUT_KEYCHAIN);
  const port = Number(new URL((await laptop.state()).relay.url).port);
  expect((await agent.end(signal)).exitCode).toBe(0);
  expect(await isOpen(port)).toBe(false);
  // 1, or 2 where this computer has no policy of its own.
  expect((await laptop.run('status')).exitCode).toBeGreaterThan(0);
});

test('after it was killed a new one starts on the socket that was left behind, and shims end', async () => {
  const agent = await laptop.startAgent(WITHOUT_KEYCHAIN);
  await laptop.login();
  const shim = laptop.start('stdio', 'notes');
  shim.stdin.write(`${initializeBody('init')}\n`);
  await shim.printed(/"id":"init"/);
  await agent.end('SIGKILL');
  expect((await shim.ended).exitCode).toBe(0);
  expect(existsSync(laptop.paths.socket)).toBe(true);
  await laptop.startAgent(WITHOUT_KEYCHAIN);
  expect((await laptop.state()).session).toMatchObject({ subject: 'u-alice' });
});

test('an agent whose terminal was closed goes on', async () => {
  const agent = await laptop.startAgent(WITHOUT_KEYCHAIN);
  agent.process.stderr?.destroy();
  agent.process.stdout?.destroy();
  // Signing in writes a line for every server.
  expect((await laptop.login()).exitCode).toBe(0);
  expect((await laptop.state()).agent.pid).toBe(agent.pid);
});

test('a running sign-in does not keep it from ending', async () => {
  const agent = await laptop.startAgent(WITHOUT_KEYCHAIN);
  const login = laptop.start('login', '--no-browser');
  await login.printed(/https?:\/\/\S+(?=\s)/);
  expect((await agent.end()).exitCode).toBe(0);
  const { exitCode, stderr } = await login.ended;
  expect(exitCode).toBeGreaterThan(0);
  expect(stderr).not.toMatch(STACK);
});

/** Writes a policy and starts an agent with it that must not stay. */
async function refusedWith(text: string) {
  const home = await mkdtemp(join(tmpdir(), 'lanyard-'));
  const file = join(home, 'policy.json');
  await writeFile(file, text);
  const ended = await runProgram(['agent', '--policy', file, WITHOUT_KEYCHAIN], { home });
  await rm(home, { recursive: true, force: true });
  expect(ended.stdout).toBe('');
  expect(ended.stderr).not.toMatch(STACK);
  return ended;
}

test('a wrong policy is refused with every error, each with its place and what was expected', async () => {
  const policy = laptop.company.policy();
  const [first] = policy.servers;
  const { exitCode, stderr } = await refusedWith(
    JSON.stringify({
      ...policy,
      version: 2,
      compnay: 'Example',
      identityProvider: { ...policy.identityProvider, issuer: 'http://idp.example', scopes: ['email'] },
      servers: [first, { ...first, name: 'Not A Name', url: 'ftp://example' }, { ...first, scopes: 'all' }],
    }),
  );
  expect(exitCode).toBe(2);
  for (const place of [
    'version: expected',
    'compnay',
    'identityProvider.issuer: expected',
    'identityProvider.scopes: expected',
    'servers[1].name: expected',
    'servers[1].url: expected',
    'servers[2].scopes: expected',
  ])
    expect(stderr).toContain(place);
});

test.each([
  ['no JSON', '{ "version": 1,\n  nonsense', 'line 2, column 3'],
  ['nothing', '', 'JSON'],
  ['a list', '[]', '(top): expected a JSON object, found a list'],
])('a policy file with %s is refused with 2 and a sentence', async (_what, text, sentence) => {
  const { exitCode, stderr } = await refusedWith(text);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(sentence);
});

test('why a start failed stands in the log that messages point to', async () => {
  const home = await mkdtemp(join(tmpdir(), 'lanyard-'));
  await runProgram(['agent', '--policy', '/nowhere/policy.json', WITHOUT_KEYCHAIN], { home });
  const lines = (await readFile(localPaths(home).log, 'utf8')).trim().split('\n');
  await rm(home, { recursive: true, force: true });
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { level: 'error', event: 'agent-failed', code: 'policy-unreadable', detail: expect.stringContaining('/nowhere') },
  ]);
});

test('a secret in the wrong place of a policy is not printed', async () => {
  const policy = laptop.company.policy();
  const { stderr } = await refusedWith(
    JSON.stringify({ ...policy, identityProvider: { ...policy.identityProvider, scopes: 'my-client-secret' } }),
  );
  expect(stderr).toContain('found a string');
  expect(stderr).not.toContain('my-client-secret');
});

test('without a policy, or with one that is not there, it ends with 2 and a sentence', async () => {
  const none = await laptop.run('agent');
  expect([none.exitCode, none.stdout]).toEqual([2, '']);
  expect(none.stderr).toContain('no --policy FILE was given');
  const missing = startProgram(['agent', '--policy', '/nowhere/policy.json'], laptop);
  const { exitCode, stderr } = await missing.ended;
  expect(exitCode).toBe(2);
  expect(stderr).toContain('/nowhere/policy.json: does not exist');
});

test('a home folder with too long a name is told so', async () => {
  const home = join(laptop.home, 'x'.repeat(90));
  await mkdir(home);
  const { exitCode, stderr } = await runProgram(['agent', '--policy', laptop.policyFile, WITHOUT_KEYCHAIN], { home });
  expect(exitCode).toBe(1);
  expect(stderr).toContain('The path of your home folder is too long for Lanyard');
  expect(stderr).not.toMatch(STACK);
});
