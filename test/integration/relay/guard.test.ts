import { once } from 'node:events';
import type { RequestOptions } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pastedClientSchema } from '../../../shared/local-api.ts';
import { type Fixture, startFixture } from '../fixture.ts';
import { relayUrl } from '../mcp.ts';
import { canBeOther, connectAsOther, requestAsOther } from '../other-user.ts';
import { initializeBody, mcpHeaders, post, raw } from '../raw-http.ts';

let fixture: Fixture;
let localKey: string;
beforeAll(async () => {
  fixture = await startFixture();
  localKey = await fixture.localKey();
  await fixture.signIn('alice');
});
afterAll(() => fixture.close());

const base = () => fixture.agent.state().relay.url;
const requests = () => fixture.company.counts.servers.notes?.requests;

async function send(path: string, headers: Record<string, string>, method = 'POST') {
  const body = method === 'POST' ? { body: initializeBody() } : {};
  const answer = await raw(`${base()}${path}`, { method, headers, ...body });
  return { ...answer, text: answer.body.toString('utf8') };
}

test.each<[string, number, string, () => Promise<Awaited<ReturnType<typeof send>>>]>([
  ['a wrong key', 403, 'lanyard client add', () => send('/notes/mcp', mcpHeaders('lk_wrong'))],
  ['no key', 403, 'Lanyard-Key header is missing or wrong', () => send('/notes/mcp', { accept: '*/*' })],
  ['an empty key', 403, 'lanyard client add', () => send('/notes/mcp', mcpHeaders(''))],
  ['the key in the path', 403, 'lanyard client add', () => send(`/~${localKey}/notes/mcp`, { accept: '*/*' })],
  [
    'a web page’s origin',
    403,
    'does not serve web pages',
    () => send('/notes/mcp', { ...mcpHeaders(localKey), origin: 'https://evil.example' }),
  ],
  ['no origin worth the name', 403, 'web pages', () => send('/notes/mcp', { ...mcpHeaders(localKey), origin: 'null' })],
  [
    'another host name',
    403,
    'http://127.0.0.1:',
    () => send('/notes/mcp', { ...mcpHeaders(localKey), host: 'rebound.example' }),
  ],
  [
    'another port in its host name',
    403,
    'http://127.0.0.1:',
    () => send('/notes/mcp', { ...mcpHeaders(localKey), host: '127.0.0.1:1' }),
  ],
  [
    'an unknown server',
    404,
    'Approved servers: notes, tickets, payroll',
    () => send('/linear/mcp', mcpHeaders(localKey)),
  ],
  ['a path of nobody', 404, '/<server>/mcp', () => send('/', mcpHeaders(localKey))],
  ['a path that climbs', 404, '/<server>/mcp', () => send('/notes/mcp/../../admin', mcpHeaders(localKey))],
  ['another method', 405, 'POST, GET, DELETE', () => send('/notes/mcp', mcpHeaders(localKey), 'PUT')],
  ['a preflight', 405, 'POST, GET, DELETE', () => send('/notes/mcp', mcpHeaders(localKey), 'OPTIONS')],
])('%s is refused with %i and a sentence, and no server hears of it', async (_what, status, sentence, attempt) => {
  const before = requests();
  const answer = await attempt();
  expect(answer.status).toBe(status);
  expect(JSON.parse(answer.text)).toMatchObject({
    jsonrpc: '2.0',
    error: { message: expect.stringContaining(sentence) },
  });
  expect(answer.headers['www-authenticate']).toBeUndefined();
  expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  expect(requests()).toBe(before);
});

test('without a key nobody learns which servers there are', async () => {
  const answer = await send('/linear/mcp', mcpHeaders('lk_wrong'));
  expect(answer.status).toBe(403);
  expect(answer.text).not.toContain('tickets');
});

test('the relay’s own origin and localhost as a name are fine', async () => {
  const { port } = new URL(base());
  for (const name of [`127.0.0.1:${port}`, `localhost:${port}`]) {
    const headers = { ...mcpHeaders(localKey), host: name, origin: `http://${name}` };
    expect((await send('/notes/mcp', headers)).status).toBe(200);
  }
});

test('a client that was removed is refused from then on', async () => {
  const added = await fixture.agent.acts.addClient({ kind: 'snippet', transport: 'http' });
  const { client, localKey: key } = pastedClientSchema.parse(added);
  expect((await post(relayUrl(fixture, 'notes'), key)).status).toBe(200);
  await fixture.agent.acts.removeClient(client.id);
  expect((await post(relayUrl(fixture, 'notes'), key)).status).toBe(403);
});

test('keys outlive a restart of the agent', async () => {
  await fixture.restart();
  expect((await post(relayUrl(fixture, 'notes'), localKey)).status).toBe(200);
});

describe('where policy allows the key in the path', () => {
  let other: Fixture;
  let key: string;
  beforeAll(async () => {
    other = await startFixture({ change: (policy) => ({ ...policy, relay: { ...policy.relay, keyInPath: true } }) });
    key = await other.localKey();
    await other.signIn('alice');
  });
  afterAll(() => other.close());

  const at = async (path: string) => {
    const { accept = '', 'content-type': type = '' } = mcpHeaders('');
    const headers = { accept, 'content-type': type };
    return raw(`${other.agent.state().relay.url}${path}`, { method: 'POST', headers, body: initializeBody() });
  };

  test('it works there, and in the header as before', async () => {
    expect(other.agent.state().relay.keyInPath).toBe(true);
    expect((await at(`/~${key}/notes/mcp`)).status).toBe(200);
    expect((await post(relayUrl(other, 'notes'), key)).status).toBe(200);
  });

  test('a wrong one is refused', async () => {
    expect((await at('/~lk_wrong/notes/mcp')).status).toBe(403);
    expect((await at('/notes/mcp')).status).toBe(403);
  });
});

describe('no answer of the relay is ever 401', () => {
  const FAULTS = [
    { at: 'server', kind: 'status', status: 401 },
    { at: 'server', kind: 'reset' },
    { at: 'as-token', kind: 'oauth-error', error: 'invalid_client', status: 401 },
  ] as const;

  test.each([...FAULTS, undefined])('with %o', async (fault) => {
    const other = await startFixture();
    const key = await other.localKey();
    if (fault) other.company.faults.set(fault);
    if (fault) await other.signIn('alice');
    // Standby answers for all of them: a client can begin, and has nothing yet to listen to or to end.
    for (const server of ['notes', 'tickets', 'payroll', 'linear'])
      for (const [method, status] of [
        ['POST', 200],
        ['GET', 405],
        ['DELETE', 405],
      ] as const) {
        const body = method === 'POST' ? { body: initializeBody() } : {};
        const url = new URL(relayUrl(other, server));
        const answer = await raw(url, { method, headers: mcpHeaders(key), ...body });
        expect(answer.status).toBe(server === 'linear' ? 404 : status);
        expect(answer.headers['www-authenticate']).toBeUndefined();
      }
    await other.close();
  });
});

test('a client that was connected to some servers does not reach the others', async () => {
  const added = await fixture.agent.acts.addClient({ kind: 'snippet', transport: 'http', servers: ['tickets'] });
  const { localKey: limited } = pastedClientSchema.parse(added);
  expect((await send('/tickets/mcp', mcpHeaders(limited))).status).toBe(200);
  const refused = await send('/notes/mcp', mcpHeaders(limited));
  expect(refused.status).toBe(403);
  expect(refused.text).toContain('not connected to \\"notes\\"');
});

test.runIf(canBeOther)('other users of this machine cannot take its connections away', async () => {
  const { port } = new URL(fixture.agent.state().relay.url);
  expect(await connectAsOther(Number(port), 100)).toBe(84);
});

describe.runIf(canBeOther)('a program of another user of this machine is refused, whatever key it has', () => {
  const asOther = (how: Omit<RequestOptions, 'port'>) => {
    const port = Number(new URL(base()).port);
    const headers = { ...mcpHeaders(localKey), host: `127.0.0.1:${port}` };
    return requestAsOther({ port, method: 'POST', path: '/notes/mcp', headers, ...how }, initializeBody());
  };

  test.each([
    ['IPv4', '127.0.0.1'],
    ['IPv4 by an IPv6 socket', '::ffff:127.0.0.1'],
  ])('by %s', async (_what, host) => {
    const { status, text } = await asOther({ host });
    expect([status, text]).toEqual([403, expect.stringContaining('other-user')]);
  });

  test('from the port of a connection of ours, at another address of loopback', async () => {
    const port = Number(new URL(base()).port);
    const ours = connect(port, '127.0.0.1');
    await once(ours, 'connect');
    const { status, text } = await asOther({
      host: '127.0.0.1',
      localAddress: '127.0.0.9',
      localPort: Number(ours.localPort),
    });
    ours.destroy();
    expect([status, text]).toEqual([403, expect.stringContaining('other-user')]);
  });
});

test('a program of our own user is welcome by an IPv6 socket too', async () => {
  const { port } = new URL(base());
  const headers = { ...mcpHeaders(localKey), host: `127.0.0.1:${port}` };
  const url = `http://[::ffff:127.0.0.1]:${port}/notes/mcp`;
  expect((await raw(url, { method: 'POST', headers, body: initializeBody() })).status).toBe(200);
});
