import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestClock, type TestClock } from '../clock.ts';
import { type Fixture, startFixture } from '../fixture.ts';
import { relayUrl } from '../mcp.ts';
import { ask, postModern } from '../raw-http.ts';
import { until } from '../until.ts';

const OLDEST_SECONDS = 300;

let clock: TestClock;
let fixture: Fixture;
let localKey: string;
beforeEach(async () => {
  clock = createTestClock();
  fixture = await startFixture({ clock: clock.now });
  localKey = await fixture.localKey();
  await fixture.signIn('alice');
});
afterEach(() => fixture.close());

const call = (server = 'notes') =>
  ask(relayUrl(fixture, server), localKey, server === 'notes' ? 'list_notes' : 'list_tickets');
const minted = () => fixture.company.counts.servers.notes?.redemptions ?? 0;

test('a server that wants a more recent sign-in: a sentence for the client, no mint, and everything else goes on', async () => {
  fixture.company.requireStepUpAtServer('notes', { maxAgeSeconds: OLDEST_SECONDS });
  expect((await call()).by).toBe('server');
  clock.pass(OLDEST_SECONDS + 2);
  for (let calls = 0; calls < 3; calls += 1) {
    const answer = await call();
    expect(answer.by).toBe('standby');
    expect(answer.headers['www-authenticate']).toBeUndefined();
    expect(answer.sentence).toContain('sign in again');
  }
  // Where an answer has room for it, programs are told by a code.
  const { text } = await postModern(relayUrl(fixture, 'notes'), localKey, 'prompts/get', 'summarise_notes');
  expect(JSON.parse(text)).toMatchObject({ error: { code: -32000, data: { code: 'server-step-up' } } });
  expect(minted()).toBe(1);
  expect(fixture.server('notes').token.kind).toBe('valid');
  expect((await call('tickets')).by).toBe('server');
});

test('after the person has signed in again the call goes through', async () => {
  fixture.company.requireStepUpAtServer('notes', { maxAgeSeconds: OLDEST_SECONDS });
  clock.pass(OLDEST_SECONDS + 2);
  expect((await call()).by).toBe('standby');
  await fixture.signIn('alice');
  // The token in hand is still good for others, so a call does not wait for the new one.
  await until(() => minted() === 2);
  await fixture.state(({ servers }) => servers.every(({ name, work }) => name !== 'notes' || work.kind === 'idle'));
  expect((await call()).by).toBe('server');
});
