import { request } from 'node:http';
import { expect, test } from 'vitest';
import { type AgentActs, createLocalApi } from '../../../main/agent/local-api.ts';
import { LanyardError } from '../../../shared/errors.ts';
import { LOCAL_BODY_LIMIT_BYTES } from '../../../shared/local-api.ts';
import { serveRaw, until } from '../fixtures.ts';
import { agentState } from '../shared/agent-state.ts';

const SIGN_IN = {
  attempt: 'a',
  method: 'browser',
  phase: 'waiting',
  url: 'https://login.example.com',
  expiresAt: 1,
} as const;
const CLIENT = { id: 'snippet-1', kind: 'snippet', title: 'T', addedAt: 1, entries: [] };

const PLAN = { file: '/f', exists: false, transport: 'http', gateway: false, text: '' } as const;

/** Acts that only say that they were called; a test may replace some. */
const STATE = agentState();
const SIGNED_OUT = { state: STATE, endSessionUrl: 'http://127.0.0.1:1/sign-out' };

function acting(change: Partial<AgentActs> = {}) {
  const called: unknown[] = [];
  const listeners = new Set<Parameters<AgentActs['subscribe']>[0]>();
  const note = (...what: unknown[]) => void called.push(what);
  const acts: AgentActs = {
    state: () => agentState(),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    signIn: async (what) => {
      note('signIn', what);
      return SIGN_IN;
    },
    cancelSignIn: () => note('cancelSignIn'),
    signOut: async () => {
      note('signOut');
      return SIGNED_OUT;
    },
    power: (what) => note('power', what),
    network: (what) => note('network', what),
    retry: async (server) => note('retry', server),
    apps: async () => ({ apps: [] }),
    planConnection: async (kind, what) => {
      note('planConnection', kind, what);
      return PLAN;
    },
    addClient: async (what) => {
      note('addClient', what);
      return { client: CLIENT, snippet: '', localKey: 'lk_x' };
    },
    removeClient: async (id) => note('removeClient', id),
    headers: async (what) => {
      note('headers', what);
      return { headers: { 'Lanyard-Key': 'lk_x' } };
    },
    doctor: async () => ({ checks: [] }),
    journal: () => ({ entries: [], hours: [] }),
    followJournal: (response) => response.end(),
    serverTools: async (server) => {
      note('serverTools', server);
      return { tools: [] };
    },
    stop: () => note('stop'),
    ...change,
  };
  return { acts, called, listeners };
}

function ask(port: number, method: string, path: string, body?: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, method, path }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
      resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() });
    });
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

test.each<readonly [string, string, string | undefined, unknown[], unknown]>([
  ['GET', '/v1/state', undefined, [], STATE],
  ['GET', '/v1/doctor', undefined, [], { checks: [] }],
  ['GET', '/v1/journal', undefined, [], { entries: [], hours: [] }],
  ['GET', '/v1/servers/notes/tools', undefined, [['serverTools', 'notes']], { tools: [] }],
  ['POST', '/v1/stop', undefined, [['stop']], STATE],
  ['POST', '/v1/sign-in', '{"method":"device"}', [['signIn', { method: 'device' }]], SIGN_IN],
  ['DELETE', '/v1/sign-in', undefined, [['cancelSignIn']], STATE],
  ['POST', '/v1/sign-out', undefined, [['signOut']], SIGNED_OUT],
  ['POST', '/v1/power', '{"event":"resume"}', [['power', { event: 'resume' }]], STATE],
  ['POST', '/v1/network', '{"online":true}', [['network', { online: true }]], STATE],
  ['POST', '/v1/servers/notes/retry', undefined, [['retry', 'notes']], STATE],
  [
    'POST',
    '/v1/clients',
    '{"kind":"snippet","transport":"http","servers":["notes"]}',
    [['addClient', { kind: 'snippet', transport: 'http', servers: ['notes'] }]],
    { client: CLIENT, snippet: '', localKey: 'lk_x' },
  ],
  ['GET', '/v1/apps', undefined, [], { apps: [] }],
  ['POST', '/v1/apps/zed/plan', '{"gateway":true}', [['planConnection', 'zed', { gateway: true }]], PLAN],
  [
    'POST',
    '/v1/headers',
    '{"client":"claude-code","server":"notes"}',
    [['headers', { client: 'claude-code', server: 'notes' }]],
    { headers: { 'Lanyard-Key': 'lk_x' } },
  ],
  ['DELETE', '/v1/clients/snippet-1', undefined, [['removeClient', 'snippet-1']], STATE],
])('%s %s with %s', async (method, path, body, calls, answer) => {
  const { acts, called } = acting();
  const { port } = await serveRaw(createLocalApi(acts));
  const { status, text } = await ask(port, method, path, body);
  expect(status).toBe(200);
  expect(JSON.parse(text)).toEqual(answer);
  expect(called).toEqual(calls);
});

test.each([
  ['GET', '/v1/sign-in', 404],
  ['POST', '/v1/state', 404],
  ['GET', '/v2/state', 404],
  ['GET', '/state', 404],
  ['GET', '/v1/state/', 404],
  ['GET', '/v1/state?x=1', 404],
  ['POST', '/v1/servers/No/retry', 404],
  ['POST', '/v1/servers/../retry', 404],
  ['DELETE', '/v1/clients/..%2f', 404],
  ['POST', '/v1/events', 404],
  ['POST', '/v1/journal', 404],
  ['POST', '/v1/apps', 404],
  ['GET', '/v1/apps/zed/plan', 404],
  ['GET', '/v1/stop', 404],
  ['GET', '/v1/servers/../tools', 404],
])('%s %s is nothing: %i', async (method, path, expected) => {
  const { acts, called } = acting();
  const { port } = await serveRaw(createLocalApi(acts));
  const { status, text } = await ask(port, method, path);
  expect(status).toBe(expected);
  expect(JSON.parse(text)).toMatchObject({ problem: { code: 'bad-request' } });
  expect(called).toEqual([]);
});

test.each([
  ['/v1/sign-in', ''],
  ['/v1/sign-in', 'not JSON'],
  ['/v1/sign-in', '{"method":"magic"}'],
  ['/v1/power', '{"event":"shutdown"}'],
  ['/v1/power', '{}'],
  ['/v1/network', '{"online":"yes"}'],
  ['/v1/sign-in', '{"method":"device","more":1}'],
  ['/v1/clients', '{"kind":"emacs","transport":"http"}'],
  ['/v1/apps/emacs/plan', '{}'],
  ['/v1/apps/snippet/plan', '{}'],
  ['/v1/apps/zed/plan', ''],
  ['/v1/apps/zed/plan', '{"kind":"zed"}'],
  ['/v1/headers', '{}'],
  ['/v1/headers', '{"client":"Claude Code"}'],
  ['/v1/headers', '{"client":"claude-code@notes"}'],
  ['/v1/headers', '{"client":"claude-code","server":"../x"}'],
  ['/v1/clients', '{"kind":"snippet","transport":"http","servers":["../x"]}'],
  ['/v1/clients', JSON.stringify({ kind: 'snippet', transport: 'http', padding: 'x'.repeat(1024 * 1024) })],
  ['/v1/sign-in', '{"method":"device"}'.padEnd(LOCAL_BODY_LIMIT_BYTES + 1)],
])('POST %s with a body of another form (%.40s) does nothing', async (path, body) => {
  const { acts, called } = acting();
  const { port } = await serveRaw(createLocalApi(acts));
  const { status, text } = await ask(port, 'POST', path, body);
  expect(status).toBe(400);
  expect(JSON.parse(text)).toMatchObject({ problem: { code: 'bad-request' } });
  expect(called).toEqual([]);
});

test('a body as large as the limit is taken', async () => {
  const { acts, called } = acting();
  const { port } = await serveRaw(createLocalApi(acts));
  const body = '{"method":"device"}'.padEnd(LOCAL_BODY_LIMIT_BYTES);
  expect((await ask(port, 'POST', '/v1/sign-in', body)).status).toBe(200);
  expect(called).toEqual([['signIn', { method: 'device' }]]);
});

test('a problem of ours is told whole; a programming error as such, with 500', async () => {
  const problem = { code: 'vault-write', user: 'u', administrator: 'a' };
  const failing = acting({
    signOut: () => Promise.reject(new LanyardError(problem)),
    doctor: () => Promise.reject(new TypeError('x is undefined')),
  });
  const { port } = await serveRaw(createLocalApi(failing.acts));
  const told = await ask(port, 'POST', '/v1/sign-out');
  expect(told.status).toBe(400);
  expect(JSON.parse(told.text)).toEqual({ problem });
  const broken = await ask(port, 'GET', '/v1/doctor');
  expect(broken.status).toBe(500);
  expect(JSON.parse(broken.text)).toMatchObject({ problem: { code: 'internal' } });
});

test('the agent is stopped once the answer is out, not before', async () => {
  const done: string[] = [];
  const { acts } = acting({ stop: () => void done.push('stop') });
  const api = createLocalApi(acts);
  const { port } = await serveRaw((request, response) => {
    response.once('finish', () => done.push('answered'));
    api(request, response);
    done.push('heard');
  });
  expect(JSON.parse((await ask(port, 'POST', '/v1/stop')).text)).toEqual(STATE);
  await until(() => done.includes('stop'));
  expect(done).toEqual(['heard', 'answered', 'stop']);
});

test('a watcher gets the state at once and after every change, until it goes away', async () => {
  const { acts, listeners } = acting();
  const { port } = await serveRaw(createLocalApi(acts));
  let text = '';
  const outgoing = request({ host: '127.0.0.1', port, path: '/v1/events' }, (response) => {
    response.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    response.on('error', () => {});
  });
  outgoing.on('error', () => {});
  outgoing.end();
  await until(() => text.endsWith('\n\n'));
  expect(text).toBe(`data: ${JSON.stringify(STATE)}\n\n`);
  for (const listener of listeners) listener(agentState({ company: 'Changed' }));
  await until(() => text.includes('Changed') && text.endsWith('\n\n'));
  expect(text.split('\n\n')).toHaveLength(3);
  outgoing.destroy();
  await until(() => listeners.size === 0);
});
