import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTestClock, type TestClock } from '../clock.ts';
import { type Fixture, startFixture } from '../fixture.ts';
import { postToolCall } from '../relay/tool-call.ts';
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
  postToolCall(fixture, server, localKey, server === 'notes' ? 'list_notes' : 'list_tickets');
const minted = () => fixture.company.counts.servers.notes?.redemptions ?? 0;

test('a server that wants a more recent sign-in: a sentence for the client, no mint, and everything else goes on', async () => {
  fixture.company.requireStepUpAtServer('notes', { maxAgeSeconds: OLDEST_SECONDS });
  expect((await call()).status).toBe(200);
  clock.pass(OLDEST_SECONDS + 2);
  for (let calls = 0; calls < 3; calls += 1) {
    const answer = await call();
    expect(answer.status).toBe(503);
    expect(answer.headers['www-authenticate']).toBeUndefined();
    expect(answer.text).toContain('server-step-up');
    expect(answer.text).toContain('sign in again');
  }
  expect(minted()).toBe(1);
  expect(fixture.server('notes').token.kind).toBe('valid');
  expect((await call('tickets')).status).toBe(200);
});

test('after the person has signed in again the call goes through', async () => {
  fixture.company.requireStepUpAtServer('notes', { maxAgeSeconds: OLDEST_SECONDS });
  clock.pass(OLDEST_SECONDS + 2);
  expect((await call()).status).toBe(503);
  await fixture.signIn('alice');
  // The token in hand is still good for others, so a call does not wait for the new one.
  await until(() => minted() === 2);
  await fixture.state(({ servers }) => servers.every(({ name, work }) => name !== 'notes' || work.kind === 'idle'));
  expect((await call()).status).toBe(200);
});
