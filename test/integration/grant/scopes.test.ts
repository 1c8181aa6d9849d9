import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestClock, type TestClock } from '../clock.ts';
import { type Fixture, startFixture } from '../fixture.ts';
import { callTool, connectRelay, ERAS, relayUrl } from '../mcp.ts';
import { ask } from '../raw-http.ts';

const ACCESS_TOKEN_SECONDS = 300;

let clock: TestClock;
let fixture: Fixture;
let localKey: string;
beforeEach(async () => {
  clock = createTestClock();
  fixture = await startFixture({
    clock: clock.now,
    company: {
      lifetimes: { accessTokenSeconds: ACCESS_TOKEN_SECONDS },
      // Client assertions go by the machine's clock, which stands still here.
      authentication: { tickets: 'client_secret_basic' },
    },
  });
  localKey = await fixture.localKey();
  await fixture.signIn('alice');
  // More than policy asks for: the server wants it, and only supporters have it.
  fixture.company.requireScope('tickets', 'list_tickets', 'tickets:close');
});
afterEach(() => fixture.close());

const call = (tool: string) => ask(relayUrl(fixture, 'tickets'), localKey, tool);
const minted = () => fixture.company.counts.servers.tickets?.tokenExchanges ?? 0;
const scope = () => {
  const { token } = fixture.server('tickets');
  return token.kind === 'valid' ? token.scope?.split(' ').toSorted() : undefined;
};

test.each(ERAS)(
  'a %s client whose tool needs more scope gets its answer, and the grant is as wide from then on',
  async (era) => {
    fixture.company.setGroups('alice', ['support']);
    const client = await connectRelay(fixture, 'tickets', era, { localKey });
    expect(await callTool(client, 'list_tickets')).toContain('New laptop');
    expect(scope()).toEqual(['tickets:close', 'tickets:read', 'tickets:write']);
    expect(await callTool(client, 'list_tickets')).toContain('New laptop');
    expect(minted()).toBe(2);
    await client.close();
  },
);

test('what was granted beyond policy is asked for again at the renewal', async () => {
  fixture.company.setGroups('alice', ['support']);
  expect((await call('list_tickets')).by).toBe('server');
  clock.pass(ACCESS_TOKEN_SECONDS + 1);
  expect((await call('list_tickets')).by).toBe('server');
  expect(minted()).toBe(3);
});

test('a scope that the person does not have: a sentence, no challenge, one mint for any number of calls', async () => {
  for (let calls = 0; calls < 10; calls += 1) {
    const answer = await call('list_tickets');
    expect(answer.by).toBe('standby');
    expect(answer.headers['www-authenticate']).toBeUndefined();
    expect(answer.sentence).toContain(
      'not given you the right that this needs (tickets:read tickets:close). Ask your administrator',
    );
  }
  expect(minted()).toBe(2);
  expect(fixture.server('tickets')).toMatchObject({ status: 'ready', work: { kind: 'idle' } });
  expect((await call('whoami')).by).toBe('server');
});

test('many calls at once that need the same scope share one mint', async () => {
  fixture.company.setGroups('alice', ['support']);
  const answers = await Promise.all(Array.from({ length: 20 }, () => call('list_tickets')));
  expect(new Set(answers.map(({ by }) => by))).toEqual(new Set(['server']));
  expect(minted()).toBe(2);
});
