import { afterEach, beforeEach, expect, test } from 'vitest';
import type { FaultPlace } from '../../company/faults.ts';
import { createTestClock, type TestClock } from '../clock.ts';
import { type Fixture, startFixture } from '../fixture.ts';
import { relayUrl } from '../mcp.ts';
import { ask } from '../raw-http.ts';

const RECHECK_SECONDS = 301;

let clock: TestClock;
let fixture: Fixture;
beforeEach(async () => {
  clock = createTestClock();
  fixture = await startFixture({ clock: clock.now });
});
afterEach(() => fixture.close());

const notes = () => {
  const found = fixture.company.servers.find(({ name }) => name === 'notes');
  if (!found) throw new Error('The company has notes');
  return found;
};

function answer(at: FaultPlace, document: Record<string, unknown>, status = 200): () => void {
  const body = JSON.stringify(document);
  const contentType = 'application/json';
  return fixture.company.faults.set({ at, server: 'notes', kind: 'status', status, contentType, body });
}

const authorizationServer = (changes: Record<string, unknown>) => ({
  issuer: notes().issuer,
  token_endpoint: `${notes().issuer}/token`,
  ...changes,
});

const resource = (changes: Record<string, unknown>) => ({
  resource: notes().url,
  authorization_servers: [notes().issuer],
  ...changes,
});

test.each<[string, FaultPlace, () => Record<string, unknown>, () => string]>([
  [
    'the authorization server calls itself by another name',
    'as-metadata',
    () => authorizationServer({ issuer: 'https://as.example' }),
    () => `its issuer "https://as.example" is not identical to "${notes().issuer}"`,
  ],
  [
    'the authorization server has a slash at the end that its name did not have',
    'as-metadata',
    () => authorizationServer({ issuer: `${notes().issuer}/` }),
    () => `its issuer "${notes().issuer}/" is not identical to "${notes().issuer}"`,
  ],
  [
    'the authorization server has no token endpoint',
    'as-metadata',
    () => ({ issuer: notes().issuer }),
    () => 'token_endpoint is not as expected',
  ],
  [
    'the token endpoint is not https',
    'as-metadata',
    () => authorizationServer({ token_endpoint: 'http://as.example/token' }),
    () => 'which is not https',
  ],
  [
    'the server speaks for another one',
    'resource-metadata',
    () => resource({ resource: 'https://other.example/mcp' }),
    () => 'its resource "https://other.example/mcp" is not the server',
  ],
  [
    'the server names another authorization server than policy demands',
    'resource-metadata',
    () => resource({ authorization_servers: ['https://as.example'] }),
    () => `not ${notes().issuer} as the policy demands`,
  ],
  [
    'the server names no authorization server',
    'resource-metadata',
    () => resource({ authorization_servers: [] }),
    () => 'authorization_servers is not as expected',
  ],
])('where %s, the administrator is told and the other servers work', async (_what, at, document, sentence) => {
  const end = answer(at, document());
  await fixture.signIn('alice');
  const { status, work } = fixture.server('notes');
  expect(status).toBe('misconfigured');
  expect(work).toMatchObject({ cause: { administrator: expect.stringContaining(sentence()) } });
  expect(fixture.server('tickets').status).toBe('ready');
  expect(fixture.company.counts.servers.notes).toMatchObject({ tokenExchanges: 0, redemptions: 0 });
  const localKey = await fixture.localKey();
  const refused = await ask(relayUrl(fixture, 'notes'), localKey);
  expect(refused.by).toBe('standby');
  end();
  clock.pass(RECHECK_SECONDS);
  expect((await ask(relayUrl(fixture, 'notes'), localKey)).by).toBe('server');
});

test.each(['resource-metadata', 'as-metadata'] as const)('without %s nothing is guessed', async (at) => {
  answer(at, {}, 404);
  await fixture.signIn('alice');
  expect(fixture.server('notes')).toMatchObject({
    status: 'misconfigured',
    work: { cause: { code: 'metadata-invalid', administrator: expect.stringContaining('has no') } },
  });
});

test('metadata is asked for once and then remembered', async () => {
  await fixture.signIn('alice');
  answer('as-metadata', {}, 500);
  answer('resource-metadata', {}, 500);
  fixture.company.revokeAccessTokens('notes');
  expect((await ask(relayUrl(fixture, 'notes'), await fixture.localKey())).by).toBe('server');
});
