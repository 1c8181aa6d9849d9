import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addedClientSchema } from '../../shared/local-api.ts';
import { approveDeviceByScript, signInByScript } from '../company/sign-in.ts';
import { createLaptop, type Laptop, WITHOUT_KEYCHAIN } from './laptop.ts';
import { callTool, connectOver } from './mcp.ts';
import { type Child, endAllChildren, PROGRAM } from './program.ts';
import { ask, post, raw } from './raw-http.ts';
import { until } from './until.ts';

// A day on a laptop, with everything that goes right and wrong. Afterwards nothing that anybody could read, but for
// what is there to hold a secret, holds one.

/** Files that hold a secret on purpose: the administrator's policy, and the client's own settings. */
const OPEN_FILES = ['policy.json', '.claude.json'];

let laptop: Laptop;
const localKeys: string[] = [];
const addresses: URL[] = [];
/** Processes whose output holds a secret on purpose: `client add snippet`, and `login`, which prints the address. */
const shows = new Set<Child>();
/** Answers that clients were given. */
const answers: string[] = [];
const commandLines = new Set<string>();

/** Writes down the command lines of everything that runs, as any program on the machine could. */
async function lookAtCommandLines(): Promise<void> {
  const look = async (pid: number): Promise<void> => {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (line) commandLines.add(line.replaceAll('\0', ' '));
    const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
    await Promise.all(children.split(' ').filter(Boolean).map(Number).map(look));
  };
  await look(process.pid);
}

async function login(username: string): Promise<void> {
  const child = laptop.start('login', '--no-browser');
  shows.add(child);
  const url = new URL((await child.printed(/https?:\/\/\S+(?=\s)/))[0]);
  addresses.push(url);
  await lookAtCommandLines();
  const { password } = laptop.company.person(username);
  const forged = new URL(url.searchParams.get('redirect_uri') ?? '');
  forged.search = new URLSearchParams({ code: 'forged', state: 'forged' }).toString();
  answers.push((await raw(forged)).body.toString('utf8'));
  const outcome = await signInByScript({ url, username, password });
  answers.push(outcome.text);
  answers.push((await raw(outcome.callbackUrl)).body.toString('utf8'));
  expect((await child.ended).exitCode).toBe(0);
}

async function addClient(...args: readonly string[]): Promise<string> {
  const child = laptop.start('client', 'add', ...args, '--json');
  shows.add(child);
  const { client, localKey } = addedClientSchema.parse(JSON.parse((await child.ended).stdout));
  // The key of an entry that we wrote stands in that file alone.
  const key = localKey ?? /lk_[\w-]+/.exec(await readFile(client.file ?? '', 'utf8'))?.[0] ?? '';
  localKeys.push(key);
  return key;
}

/** Calls a tool; gives who answered and with which status. */
async function call(localKey: string, server = 'notes') {
  const url = new URL(`${(await laptop.state()).relay.url}/${server}/mcp`);
  const { by, status, text, rawHeaders } = await ask(url, localKey);
  answers.push(text, rawHeaders.join('\n'));
  return { by, status };
}

/** Begins an MCP session, for which the server's lists are asked for and kept. */
async function begin(localKey: string): Promise<void> {
  const { status, text, rawHeaders } = await post(new URL(`${(await laptop.state()).relay.url}/notes/mcp`), localKey);
  answers.push(text, rawHeaders.join('\n'));
  expect(status).toBe(200);
  await until(async () => (await readFile(laptop.paths.lists, 'utf8').catch(() => '')).includes('list_notes'));
}

/** The newest of the company's secrets that is a JWT: what an authorization server was just sent. */
const newestAssertion = () => laptop.company.secrets().findLast((secret) => secret.split('.').length === 3) ?? '';

beforeAll(async () => {
  laptop = await createLaptop({ company: { lifetimes: { accessTokenSeconds: 600 } } });
  const { company } = laptop;
  let agent = await laptop.startAgent(WITHOUT_KEYCHAIN);
  await login('alice');
  const localKey = await addClient('snippet');
  await addClient('claude-code', '--transport', 'http');
  expect((await call(localKey)).by).toBe('server');
  await begin(localKey);
  expect((await call(localKey, 'payroll')).by).toBe('standby');
  expect((await call('lk_wrong-key-of-somebody')).status).toBe(403);

  const args = [PROGRAM, 'stdio', 'notes', '--client', 'claude-code'];
  const transport = new StdioClientTransport({
    command: process.execPath,
    args,
    env: { HOME: laptop.home },
    stderr: 'pipe',
  });
  const client = await connectOver(transport, 'legacy');
  await lookAtCommandLines();
  answers.push(await callTool(client, 'echo', { text: 'over stdio' }));
  await client.close();

  // Servers that answer with what they were sent, in every place where an error can have words.
  for (const at of ['idp-token', 'as-token'] as const)
    for (const description of [`cannot use ${newestAssertion()}`, `assertion=${newestAssertion()}&resource=x`]) {
      const end = company.faults.set({ at, kind: 'oauth-error', error: 'access_denied', description });
      company.revokeAccessTokens('tickets');
      expect((await call(localKey, 'tickets')).by).toBe('standby');
      await laptop.run('status', '--json');
      await laptop.run('servers');
      await laptop.run('doctor');
      end();
      await laptop.run('logout', '--no-browser');
      await login('alice');
    }
  company.faults.set({ at: 'server', server: 'tickets', kind: 'reset', times: 1 });
  expect((await call(localKey, 'tickets')).by).toBe('standby');
  company.faults.set({ at: 'as-token', server: 'notes', kind: 'html', times: 1 });
  company.revokeAccessTokens('notes');
  expect((await call(localKey)).by).toBe('standby');

  await agent.end('SIGKILL');
  agent = await laptop.startAgent(WITHOUT_KEYCHAIN);
  const device = laptop.start('login', '--device');
  const [, url = '', userCode = ''] = await device.printed(/open\n {2}(\S+)\nand enter the code\n {2}(\S+)\n/);
  const { username, password } = company.person('bob');
  await approveDeviceByScript({ url, userCode, username, password });
  expect((await device.ended).exitCode).toBe(0);
  expect((await call(localKey, 'payroll')).by).toBe('server');

  await laptop.run('status');
  await laptop.run('client', 'list', '--json');
  await laptop.run('client', 'remove', 'snippet-1');
  await laptop.run('agent', '--policy', laptop.policyFile);
  await laptop.run('logout', '--no-browser');
  await login('alice');
  await begin(localKeys[1] ?? '');
  await laptop.run('status', '--json');
  expect((await agent.end()).exitCode).toBe(0);
});
afterAll(async () => {
  await endAllChildren();
  await laptop.close();
});

/** Every file of the person, by its path. */
async function files(): Promise<Map<string, string>> {
  const entries = await readdir(laptop.home, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = await Promise.all(paths.map((path) => readFile(path, 'latin1')));
  return new Map(paths.map((path, index) => [path.slice(laptop.home.length + 1), texts[index] ?? '']));
}

/** Everything that somebody could read, by where it stands. */
async function everything(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const [index, child] of laptop.children.entries()) {
    const name = `${index} ${child.process.spawnargs.slice(2).join(' ')}`;
    if (!shows.has(child)) found.set(`stdout of ${name}`, child.stdout());
    found.set(`stderr of ${name}`, child.stderr());
  }
  for (const [path, text] of await files()) if (!OPEN_FILES.includes(path)) found.set(path, text);
  for (const [index, text] of answers.entries()) found.set(`answer ${index}`, text);
  for (const line of commandLines) found.set(`command line ${line}`, line);
  return found;
}

/** The forms in which a value may stand in a text. */
const forms = (secret: string) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)];

async function placesOf(secrets: readonly string[]): Promise<string[]> {
  const texts = await everything();
  return [...texts].flatMap(([place, text]) =>
    secrets.some((secret) => forms(secret).some((form) => text.includes(form))) ? [place] : [],
  );
}

test('no password, client secret, code, token or assertion is anywhere', async () => {
  const secrets = laptop.company.secrets();
  expect(secrets.length).toBeGreaterThan(50);
  expect(await placesOf(secrets)).toEqual([]);
});

test('no local key is anywhere but in the client’s own file', async () => {
  expect(localKeys).toHaveLength(2);
  expect(await placesOf(localKeys)).toEqual([]);
  expect((await files()).get('.claude.json')).toContain(localKeys[1]);
});

test('no state, nonce or PKCE verifier is anywhere but in the address that login prints', async () => {
  const of = (name: string) => addresses.map((url) => url.searchParams.get(name) ?? '');
  expect(addresses.length).toBeGreaterThan(3);
  expect(await placesOf([...of('state'), ...of('nonce')])).toEqual([]);
  const challenges = new Set(of('code_challenge'));
  const isVerifier = (text: string) => challenges.has(createHash('sha256').update(text).digest('base64url'));
  for (const [place, text] of await everything())
    expect([place, (text.match(/[\w~.-]{43,128}/g) ?? []).filter(isVerifier)]).toEqual([place, []]);
});

test('the vault is there, encrypted, and the log has told what happened', async () => {
  const all = await files();
  const vault = [...all].find(([path]) => path.endsWith('vault.json'));
  expect(JSON.parse(vault?.[1] ?? '{}')).toMatchObject({ cipher: 'aes-256-gcm' });
  for (const word of ['u-alice', 'accessToken', 'refreshToken']) expect(vault?.[1]).not.toContain(word);
  const log = [...all].find(([path]) => path.endsWith('agent.log'))?.[1] ?? '';
  for (const event of ['signed-in', 'signed-out', 'grant-ready', 'grant-failed', 'call', 'sign-in-started'])
    expect(log).toContain(`"event":"${event}"`);
});

test('what was searched would have been found: it stands in the files that are there for it', async () => {
  const all = await files();
  const secrets = laptop.company.secrets();
  expect([...(await everything()).keys()].filter((place) => place.endsWith('lists.json'))).toHaveLength(1);
  expect(secrets.some((secret) => forms(secret).some((form) => all.get('policy.json')?.includes(form)))).toBe(true);
  expect([...commandLines].some((line) => line.includes('login'))).toBe(true);
  expect([...commandLines].some((line) => line.includes('stdio notes'))).toBe(true);
});
