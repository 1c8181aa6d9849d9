import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type AgentState, agentStateSchema, doctorSchema, signInViewSchema } from '../../../shared/local-api.ts';
import { callLocal, watchState } from '../../../shared/local-client.ts';
import { signInByScript } from '../../company/sign-in.ts';
import { type Fixture, isSettled, startFixture } from '../fixture.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(() => fixture.close());

const ask = (method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown) =>
  callLocal(fixture.paths, { method, path, answer: z.unknown(), ...(body !== undefined && { body }) });

test.each<['GET' | 'POST' | 'DELETE', string, unknown]>([
  ['GET', '/nothing', undefined],
  ['POST', '/state', {}],
  ['POST', '/stdio', undefined],
  ['POST', '/sign-in', { method: 'by-magic' }],
  ['POST', '/sign-in', { method: 'browser', more: true }],
  ['POST', '/sign-in', 'browser'],
  ['POST', '/sign-in', undefined],
  ['POST', '/clients', { kind: 'notepad', transport: 'http' }],
  ['POST', '/clients', { kind: 'snippet', transport: 'http', servers: ['../../etc'] }],
  ['POST', '/clients', { kind: 'snippet', transport: 'x'.repeat(1024 * 1024) }],
  ['DELETE', '/clients/..%2f', undefined],
])('%s %s with a wrong body or address is refused and changes nothing', async (method, path, body) => {
  const before = fixture.agent.state();
  await expect(ask(method, path, body)).rejects.toMatchObject({
    code: 'bad-request',
    administrator: expect.stringContaining('Local API'),
  });
  expect(fixture.agent.state()).toEqual(before);
});

test('an unknown server or client is named', async () => {
  await expect(
    ask('POST', '/clients', { kind: 'snippet', transport: 'http', servers: ['linear'] }),
  ).rejects.toMatchObject({
    code: 'unknown-server',
    user: expect.stringContaining('Approved servers: notes, tickets, payroll'),
  });
  await expect(ask('POST', '/servers/linear/retry')).rejects.toMatchObject({ code: 'unknown-server' });
  await expect(ask('DELETE', '/clients/nobody')).rejects.toMatchObject({ code: 'unknown-client' });
  expect(fixture.agent.state().clients).toEqual([]);
});

test('who connects a client and who disconnects one is written down, without the key', async () => {
  const { client, localKey } = await fixture.agent.acts.addClient({ kind: 'snippet', transport: 'http' });
  await fixture.agent.acts.removeClient(client.id);
  const lines = fixture.logged.filter(({ event }) => event.startsWith('client-'));
  expect(lines).toMatchObject([
    { event: 'client-added', fields: { client: client.id, transport: 'http' } },
    { event: 'client-removed', fields: { client: client.id } },
  ]);
  expect(JSON.stringify(fixture.logged)).not.toContain(localKey);
});

test('answers fit their contract', async () => {
  agentStateSchema.parse(await ask('GET', '/state'));
  const { checks } = doctorSchema.parse(await ask('GET', '/doctor'));
  expect(checks.map(({ name }) => name)).toEqual([
    'policy',
    'vault',
    'sign-in',
    'identity provider',
    'server notes',
    'server tickets',
    'server payroll',
    'relay',
  ]);
});

/** Follows the agent's state until a condition, or the agent's end. */
function watch(isLast: (state: AgentState) => boolean) {
  const seen: AgentState[] = [];
  const begun = Promise.withResolvers<void>();
  const ended = (async () => {
    for await (const state of watchState(fixture.paths)) {
      seen.push(state);
      begun.resolve();
      if (isLast(state)) break;
    }
    return seen;
  })();
  return { begun: begun.promise, ended };
}

test('every watcher sees a sign-in from its beginning to its end', async () => {
  const isLast = ({ signIn, servers }: AgentState) => signIn?.phase === 'succeeded' && servers.every(isSettled);
  const watching = [watch(isLast), watch(isLast)];
  await Promise.all(watching.map(({ begun }) => begun));
  const { url } = signInViewSchema.parse(await ask('POST', '/sign-in', { method: 'browser' }));
  const { username, password } = fixture.company.person('alice');
  await signInByScript({ url, username, password });
  for (const seen of await Promise.all(watching.map(({ ended }) => ended))) {
    const phases = seen.map(({ signIn }) => signIn?.phase);
    const steps = phases.filter((phase, index) => index === 0 || phase !== phases[index - 1]);
    expect(steps).toEqual([undefined, 'waiting', 'succeeded']);
    expect(seen.at(-1)?.servers.map(({ status }) => status)).toEqual(['ready', 'ready', 'denied']);
  }
});

test('no state ever holds a token', async () => {
  const text = JSON.stringify(await ask('GET', '/state'));
  const signedIn = agentStateSchema.parse(JSON.parse(text));
  expect(signedIn.session.status).toBe('signed-in');
  for (const secret of fixture.company.secrets()) expect(text).not.toContain(secret);
});

test('a watch ends with the agent, without an error', async () => {
  const { begun, ended } = watch(() => false);
  await begun;
  await fixture.restart();
  expect((await ended).length).toBeGreaterThan(0);
});
