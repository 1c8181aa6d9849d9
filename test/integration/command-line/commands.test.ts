import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  agentStateSchema,
  clientViewSchema,
  doctorSchema,
  pastedClientSchema,
  serverViewSchema,
} from '../../../shared/local-api.ts';
import { approveDeviceByScript, signInByScript } from '../../company/sign-in.ts';
import { createLaptop, type Laptop, WITHOUT_KEYCHAIN } from '../laptop.ts';
import { endAllChildren, startProgram } from '../program.ts';
import { ask } from '../raw-http.ts';
import { until } from '../until.ts';

// One laptop, used in this order as a person would.

let laptop: Laptop;
beforeAll(async () => {
  laptop = await createLaptop();
});
afterAll(async () => {
  await endAllChildren();
  await laptop.close();
});

const STACK = /\n\s+at .+[:(]/;

test.each([
  ['status'],
  ['servers'],
  ['logout'],
  ['client', 'list'],
  ['client', 'add', 'snippet'],
  ['status', '--json'],
  ['login', '--no-browser'],
  ['headers', 'notes'],
])('without an agent and a policy, "%s %s" ends with 2 and says that there is no policy', async (...args) => {
  const { exitCode, stdout, stderr } = await laptop.run(...args.filter(Boolean));
  expect([exitCode, stdout]).toEqual([2, '']);
  expect(stderr).toContain('Lanyard has no company policy on this computer yet.');
  expect(stderr).toContain('(There is no ');
  expect(stderr).not.toMatch(STACK);
});

test('doctor works without an agent too, and says that it is missing, and the policy as well', async () => {
  const { exitCode, stdout } = await laptop.run('doctor', '--json');
  expect(exitCode).toBe(1);
  const { checks } = doctorSchema.parse(JSON.parse(stdout));
  expect(checks).toEqual([
    expect.objectContaining({ name: 'agent', outcome: 'failed', advice: expect.any(String) }),
    expect.objectContaining({
      name: 'policy',
      outcome: 'failed',
      advice: expect.stringContaining('no company policy'),
    }),
  ]);
});

test('doctor checks a policy before it is rolled out, mistake by mistake', async () => {
  expect(await laptop.run('doctor', '--policy', laptop.policyFile)).toEqual({
    exitCode: 0,
    stdout: `✓ policy: ${laptop.policyFile}, 3 servers.\n`,
    stderr: '',
  });
  const wrong = join(laptop.home, 'wrong.json');
  await writeFile(wrong, JSON.stringify({ version: 1, company: 7, extra: true }));
  const { exitCode, stdout, stderr } = await laptop.run('doctor', '--policy', wrong);
  expect([exitCode, stderr]).toEqual([2, '']);
  expect(stdout).toContain(`✗ policy: Policy ${wrong} has `);
  expect(stdout).toMatch(/^ {4}company: expected .+, found a number$/m);
  expect(stdout).toMatch(/^ {4}\(top\): unknown key "extra"$/m);
});

test('help and version end with 0', async () => {
  const help = await laptop.run('--help');
  expect([help.exitCode, help.stderr]).toEqual([0, '']);
  for (const command of ['agent', 'login', 'logout', 'status', 'servers', 'stdio', 'client', 'doctor'])
    expect(help.stdout).toMatch(new RegExp(`^ {2}${command}\\b`, 'm'));
  expect((await laptop.run('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect((await laptop.run('client', 'add', '--help')).stdout).toContain('claude-code');
});

test.each([
  [['nonsense']],
  [['status', '--nonsense']],
  [['status', 'more']],
  [['stdio', 'notes', 'tickets']],
  [['client', 'add']],
  [['client', 'add', 'notepad']],
  [['client', 'add', 'snippet', '--transport', 'pigeon']],
  [['client', 'remove']],
  [['client', 'nonsense']],
  [['agent', '--policy']],
])('a wrong command line (%j) ends with 2 and points to the help', async (args) => {
  const { exitCode, stdout, stderr } = await laptop.run(...args);
  expect([exitCode, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/error: .+/);
  expect(stderr).toContain('--help');
  expect(stderr).not.toMatch(STACK);
});

test('status and servers before anybody signed in', async () => {
  await laptop.startAgent(WITHOUT_KEYCHAIN);
  const { exitCode, stdout } = await laptop.run('status');
  expect(exitCode).toBe(0);
  expect(stdout).toContain('Signed out. Sign in with: lanyard login');
  const servers = serverViewSchema.array().parse(JSON.parse((await laptop.run('servers', '--json')).stdout));
  expect(servers.map(({ name, status }) => [name, status])).toEqual([
    ['notes', 'signed-out'],
    ['tickets', 'signed-out'],
    ['payroll', 'signed-out'],
  ]);
});

test('a login that is cancelled on the page ends with 1 and a sentence', async () => {
  const login = laptop.start('login', '--no-browser');
  const [url] = await login.printed(/https?:\/\/\S+(?=\s)/);
  const { username, password } = laptop.company.person('alice');
  await signInByScript({ url, username, password, cancel: true });
  const { exitCode, stderr } = await login.ended;
  expect(exitCode).toBe(1);
  expect(stderr).toContain('The sign-in was cancelled.');
});

test('a login that is interrupted is given up by the agent too', async () => {
  const login = laptop.start('login', '--no-browser');
  await login.printed(/https?:\/\/\S+(?=\s)/);
  const { exitCode, stderr } = await login.end('SIGINT');
  expect(exitCode).toBe(1);
  expect(stderr).not.toMatch(STACK);
  expect((await laptop.state()).signIn?.phase).toBe('cancelled');
});

test('login opens the browser with the sign-in page, waits, and shows what works', async () => {
  const opened = join(laptop.home, 'opened');
  const browser = join(laptop.home, 'xdg-open');
  await writeFile(browser, `#!/bin/sh\nprintf '%s' "$*" > "${opened}"\n`, { mode: 0o755 });
  const env = { PATH: `${laptop.home}:${process.env.PATH}` };
  const login = startProgram(['login'], { home: laptop.home, env });
  const [printed] = await login.printed(/https?:\/\/\S+(?=\s)/);
  await until(async () => (await readFile(opened, 'utf8').catch(() => '')) !== '');
  expect(await readFile(opened, 'utf8')).toBe(printed);
  const { username, password } = laptop.company.person('alice');
  await signInByScript({ url: printed, username, password });
  const { exitCode, stdout, stderr } = await login.ended;
  expect(exitCode).toBe(0);
  expect(stdout).toContain('Signed in as Alice.');
  expect(stdout).toMatch(/notes +Notes +ready/);
  expect(stdout).toMatch(/payroll +Payroll +denied +Your company has not given you access to Payroll/);
  expect(stderr).toContain('--insecure-file-key');
});

test('status, servers, client list and doctor say the same to scripts, in their contract’s form', async () => {
  const state = agentStateSchema.parse(JSON.parse((await laptop.run('status', '--json')).stdout));
  expect(state.session).toMatchObject({ status: 'signed-in', email: 'alice@example.com' });
  const servers = serverViewSchema.array().parse(JSON.parse((await laptop.run('servers', '--json')).stdout));
  expect(servers).toEqual(state.servers);
  expect(clientViewSchema.array().parse(JSON.parse((await laptop.run('client', 'list', '--json')).stdout))).toEqual([]);
  const doctor = await laptop.run('doctor', '--json');
  expect(doctor.exitCode).toBe(0);
  const { checks } = doctorSchema.parse(JSON.parse(doctor.stdout));
  expect(checks.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
  expect((await laptop.run('status')).stdout).toContain('Signed in as Alice (alice@example.com)');
  expect((await laptop.run('servers')).stdout).toMatch(
    /notes +Notes +ready +renewed (once|\d+ times) today, \d+ of 250 this month +access for/,
  );
});

test('doctor ends with 1 when something does not work, and says what', async () => {
  const end = laptop.company.faults.set({ at: 'as-metadata', server: 'notes', kind: 'reset' });
  const { exitCode, stdout } = await laptop.run('doctor');
  expect(exitCode).toBe(1);
  expect(stdout).toContain('✗ server notes');
  expect(stdout).toContain('✓ server tickets');
  end();
});

test('a client is added with a key that works, listed, and removed with its key', async () => {
  const added = pastedClientSchema.parse(JSON.parse((await laptop.run('client', 'add', 'snippet', '--json')).stdout));
  const url = new URL(`${(await laptop.state()).relay.url}/notes/mcp`);
  expect((await ask(url, added.localKey)).by).toBe('server');
  expect((await laptop.run('client', 'list')).stdout).toContain(added.client.id);
  const removed = await laptop.run('client', 'remove', added.client.id);
  expect([removed.exitCode, removed.stdout]).toEqual([0, `Disconnected ${added.client.id}.\n`]);
  expect((await ask(url, added.localKey)).status).toBe(403);
});

test('a snippet for people is JSON to paste with a sentence, and holds the servers that were asked for', async () => {
  const { stdout } = await laptop.run('client', 'add', 'snippet', '--server', 'tickets');
  const { mcpServers } = JSON.parse(stdout.slice(0, stdout.lastIndexOf('}') + 1));
  expect(Object.keys(mcpServers)).toEqual(['lanyard-tickets']);
  expect(stdout).toContain('keep it private');
});

test('Claude Code is connected by its file, and disconnected without a trace', async () => {
  const file = join(laptop.home, '.claude.json');
  await writeFile(file, '{\n  "theme": "dark"\n}\n');
  const added = await laptop.run('client', 'add', 'claude-code', '--transport', 'stdio');
  expect(added.stdout).toContain(`Connected Claude Code: lanyard-notes, lanyard-tickets, lanyard-payroll in ${file}`);
  expect(JSON.parse(await readFile(file, 'utf8')).mcpServers['lanyard-notes']).toMatchObject({ type: 'stdio' });
  expect((await laptop.run('client', 'remove', 'claude-code')).exitCode).toBe(0);
  expect(await readFile(file, 'utf8')).toBe('{\n  "theme": "dark"\n}\n');
});

test.each([
  [['client', 'remove', 'nobody'], 'There is no connected client "nobody"'],
  [['client', 'remove', '../etc'], 'is not the name of a client'],
  [['client', 'add', 'snippet', '--server', 'linear'], 'There is no server "linear". Approved servers: notes'],
])('%j ends with 2 and a sentence', async (args, sentence) => {
  const { exitCode, stderr } = await laptop.run(...args);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(sentence);
  expect(stderr).not.toMatch(STACK);
});

test('output that nobody reads any more is no error', async () => {
  for (const args of [['--help'], ['status', '--json'], ['servers']]) {
    const child = laptop.start(...args);
    child.process.stdout?.destroy();
    const { stderr } = await child.ended;
    expect(stderr).toBe('');
  }
});

test('logout signs out, at the servers too, and may be repeated', async () => {
  const { exitCode, stdout } = await laptop.run('logout', '--no-browser');
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^Signed out on this computer: access to every server has ended here\./);
  expect((await laptop.state()).session).toEqual({ status: 'signed-out' });
  expect(await laptop.run('logout', '--no-browser')).toMatchObject({ exitCode: 0, stdout: 'Nobody is signed in.\n' });
});

test('login with a code on another device', async () => {
  const login = laptop.start('login', '--device');
  const [, url = '', userCode = ''] = await login.printed(/open\n {2}(\S+)\nand enter the code\n {2}(\S+)\n/);
  const { username, password } = laptop.company.person('bob');
  await approveDeviceByScript({ url, userCode, username, password });
  const { exitCode, stdout } = await login.ended;
  expect(exitCode).toBe(0);
  expect(stdout).toContain('Signed in as Bob.');
  expect(stdout).toMatch(/payroll +Payroll +ready/);
});
