import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Fixture, startFixture } from '../fixture.ts';
import { initializeBody, mcpHeaders, raw } from '../raw-http.ts';
import { until } from '../until.ts';
import { type ListeningClient, openClients, WAYS, type Way } from './listening-client.ts';

let fixture: Fixture;
const clients = openClients();
beforeEach(async () => {
  fixture = await startFixture();
  await fixture.signIn('alice');
});
afterEach(async () => {
  await clients.closeAll();
  await fixture.close();
});

const subjectOf = async ({ call }: ListeningClient) => JSON.parse((await call('whoami')).text).subject;

/** MCP sessions over HTTP end with their person; everything else goes on. */
const endsWithPerson = ({ over, era }: Way) => over === 'HTTP' && era === 'legacy';

describe.each(['after the first has signed out', 'while the first is signed in'])(
  'somebody else signs in %s',
  (when) => {
    const signInAsBob = async () => {
      if (when.startsWith('after')) await fixture.agent.acts.signOut();
      await fixture.signIn('bob');
    };

    test.each(WAYS.filter((way) => !endsWithPerson(way)))(
      '$era, $over, $to: the client goes on as them',
      async (way) => {
        const one = await clients.connect(fixture, way);
        expect(await subjectOf(one)).toBe('u-alice');
        await signInAsBob();
        expect(await subjectOf(one)).toBe('u-bob');
      },
    );

    test.each(['notes', 'gateway'])('the MCP session of a client at the %s is over', async (to) => {
      const localKey = await fixture.localKey();
      const url = `${fixture.agent.state().relay.url}${to === 'notes' ? '/notes' : ''}/mcp`;
      const headers = mcpHeaders(localKey);
      const opened = await raw(url, { method: 'POST', headers, body: initializeBody() });
      const ofSession = {
        ...headers,
        'mcp-session-id': String(opened.headers['mcp-session-id']),
        'mcp-protocol-version': '2025-11-25',
      };
      const list = JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'tools/list' });
      const statusOf = async (method: string, body?: string) =>
        (await raw(url, { method, headers: ofSession, ...(body !== undefined && { body }) })).status;
      expect(await statusOf('POST', list)).toBe(200);
      await signInAsBob();
      expect([await statusOf('POST', list), await statusOf('GET'), await statusOf('DELETE')]).toEqual([404, 404, 404]);
    });

    test.each(WAYS.filter(({ to, over, era }) => to === 'gateway' && !(over === 'HTTP' && era === 'legacy')))(
      '$era, $over: the gateway’s lists are theirs',
      async (way) => {
        const one = await clients.connect(fixture, way);
        const servers = async () =>
          [...new Set((await one.toolNames()).map((name) => name.split('_')[0]))].filter((name) =>
            ['tickets', 'payroll'].includes(String(name)),
          );
        await until(async () => (await servers()).length > 0);
        expect(await servers()).toEqual(['tickets']);
        await signInAsBob();
        expect(await servers()).not.toContain('tickets');
        await until(async () => (await servers()).includes('payroll'));
        await until(() => one.changes() > 0);
      },
    );
  },
);

test.each(WAYS.filter(({ to }) => to === 'notes').filter((way) => !endsWithPerson(way)))(
  '$era, $over: a client from before the first sign-in hears of each',
  async (way) => {
    await fixture.agent.acts.signOut();
    const one = await clients.connect(fixture, way);
    await fixture.signIn('alice');
    await one.hearsOf('echo');
    const heard = one.changes();
    await fixture.signIn('bob');
    await one.hearsOf('echo', heard);
    expect(await subjectOf(one)).toBe('u-bob');
  },
);

test('lists of the first person are not shown to the next one', async () => {
  const [way] = WAYS;
  if (!way) throw new Error('There are ways');
  await clients.connect(fixture, way, { server: 'tickets' });
  const seen = await clients.connect(fixture, way, { server: 'tickets' });
  expect(await seen.toolNames()).toContain('list_tickets');
  await fixture.agent.acts.signOut();
  await fixture.signIn('bob');
  const late = await clients.connect(fixture, way, { server: 'tickets' });
  expect(await late.toolNames()).toEqual(['lanyard_status']);
});
