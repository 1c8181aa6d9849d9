import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Fault } from '../../company/company.ts';
import type { FaultKind } from '../../company/faults.ts';
import { JWT_BEARER, TOKEN_EXCHANGE } from '../../company/protocol.ts';
import { createTestClock, type TestClock } from '../clock.ts';
import { type Fixture, startFixture } from '../fixture.ts';
import { relayUrl } from '../mcp.ts';
import { ask, post } from '../raw-http.ts';

/** Longer than any pause that we choose ourselves. */
const LONGEST_PAUSE_SECONDS = 121;

let clock: TestClock;
let fixture: Fixture;
let localKey: string;
beforeEach(async () => {
  clock = createTestClock();
  fixture = await startFixture({ clock: clock.now, company: { authentication: { tickets: 'client_secret_basic' } } });
  localKey = await fixture.localKey();
});
afterEach(() => fixture.close());

const call = (server = 'notes') => ask(relayUrl(fixture, server), localKey);

const BROKEN: readonly FaultKind[] = [
  { kind: 'status', status: 500 },
  { kind: 'status', status: 503, body: '{"error":"server_error"}', contentType: 'application/json' },
  { kind: 'html' },
  { kind: 'html', status: 502 },
  { kind: 'reset' },
  { kind: 'cut' },
  { kind: 'retry-after', seconds: 7 },
];
const OAUTH: readonly FaultKind[] = [
  { kind: 'oauth-error', error: 'temporarily_unavailable' },
  { kind: 'error-as-200', error: 'temporarily_unavailable' },
  { kind: 'error-as-200', error: 'slow_down' },
];

const LEGS: readonly Pick<Fault, 'at' | 'grantType' | 'server'>[] = [
  { at: 'resource-metadata', server: 'notes' },
  { at: 'as-metadata', server: 'notes' },
  { at: 'idp-token', grantType: TOKEN_EXCHANGE },
  { at: 'as-token', server: 'notes', grantType: JWT_BEARER },
];

const CASES: readonly Fault[] = LEGS.flatMap((leg) =>
  (leg.at.endsWith('metadata') ? BROKEN : [...BROKEN, ...OAUTH]).map((kind) => ({ ...leg, ...kind })),
);

test.each(CASES)('%o passes by itself: callers hear of it at once, and after a pause it works', async (fault) => {
  const end = fixture.company.faults.set(fault);
  await fixture.signIn('alice');
  const { status, work } = fixture.server('notes');
  expect(status).toBe('retrying');
  expect(work).toMatchObject({ kind: 'backoff', cause: { user: expect.stringMatching(/trying|problem/) } });
  // The identity provider is everybody's; a fault behind it is one server's alone.
  if (fault.at !== 'idp-token') expect(fixture.server('tickets').status).toBe('ready');

  const refused = await call();
  expect(refused.by).toBe('standby');
  expect(refused.sentence).toMatch(/It makes sense to try again in (a moment|[1-9]\d* seconds)\.$/);
  expect(JSON.parse(refused.text)).toMatchObject({ id: 1, result: { resultType: 'complete', isError: true } });

  end();
  const before = fixture.company.counts;
  expect((await call()).by).toBe('standby');
  const begun = await post(relayUrl(fixture, 'notes'), localKey);
  expect(begun.headers['mcp-session-id']).toMatch(/^lanyard-/);
  expect(fixture.company.counts).toEqual(before);

  clock.pass(LONGEST_PAUSE_SECONDS);
  expect((await call()).by).toBe('server');
  expect(fixture.server('notes').status).toBe('ready');
});

test('a pause that the other side asked for is kept, and not cut short', async () => {
  fixture.company.faults.set({ at: 'as-token', server: 'notes', kind: 'retry-after', seconds: 60, times: 1 });
  await fixture.signIn('alice');
  clock.pass(58);
  expect((await call()).by).toBe('standby');
  clock.pass(3);
  expect((await call()).by).toBe('server');
});

// No further: time that passes by more than ten seconds at once is taken for sleep, and waking tries again at once.
test('pauses double with every failure', async () => {
  fixture.company.faults.set({ at: 'as-token', server: 'notes', kind: 'reset' });
  await fixture.signIn('alice');
  for (const pauseMs of [500, 1_000, 2_000, 4_000]) {
    const { work } = fixture.server('notes');
    if (work.kind !== 'backoff') throw new Error(`The grant is ${work.kind}`);
    const leftMs = work.until - clock.now();
    expect(leftMs).toBeGreaterThan(pauseMs / 2);
    expect(leftMs).toBeLessThanOrEqual(pauseMs);
    clock.pass(leftMs / 1000);
    expect((await call()).by).toBe('standby');
  }
  expect(fixture.company.counts.servers.notes?.tokenExchanges).toBe(5);
});

test('somebody who asks to try again does not have to wait', async () => {
  const end = fixture.company.faults.set({ at: 'as-token', server: 'notes', kind: 'reset' });
  await fixture.signIn('alice');
  end();
  await fixture.agent.acts.retry('notes');
  expect(fixture.server('notes').status).toBe('ready');
});

test.each(['resource-metadata', 'as-metadata', 'as-token'] as const)('no answer from %s is given up on', async (at) => {
  const timeout = AbortSignal.timeout.bind(AbortSignal);
  const shortened = vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => timeout(100));
  const end = fixture.company.faults.set({ at, server: 'notes', kind: 'hang' });
  await fixture.signIn('alice');
  shortened.mockRestore();
  expect(fixture.server('notes')).toMatchObject({ status: 'retrying', work: { cause: { code: 'network-timeout' } } });
  expect(fixture.server('tickets').status).toBe('ready');
  end();
  clock.pass(LONGEST_PAUSE_SECONDS);
  expect((await call()).by).toBe('server');
});

test('a failed renewal hides no token that is still valid', async () => {
  const other = await startFixture({ clock: clock.now, company: { lifetimes: { accessTokenSeconds: 300 } } });
  await other.signIn('alice');
  const key = await other.localKey();
  other.company.faults.set({ at: 'as-token', server: 'notes', kind: 'reset' });
  clock.pass(275);
  expect((await ask(relayUrl(other, 'notes'), key)).by).toBe('server');
  expect(other.server('notes')).toMatchObject({ status: 'ready', work: { kind: 'backoff' } });
  expect((await ask(relayUrl(other, 'notes'), key)).by).toBe('server');
  clock.pass(30);
  expect((await ask(relayUrl(other, 'notes'), key)).by).toBe('standby');
  await other.close();
});

test('a provider whose metadata cannot be read anew stops nothing for good', async () => {
  const lifetimes = { accessTokenSeconds: 300, idTokenSeconds: 10_000 };
  const other = await startFixture({ clock: clock.now, company: { lifetimes } });
  await other.signIn('alice');
  const key = await other.localKey();
  const end = other.company.faults.set({ at: 'idp-metadata', kind: 'html' });
  // Metadata is believed for an hour.
  clock.pass(3601);
  expect((await ask(relayUrl(other, 'notes'), key)).by).toBe('standby');
  expect(other.server('notes').status).toBe('retrying');
  end();
  clock.pass(LONGEST_PAUSE_SECONDS);
  expect((await ask(relayUrl(other, 'notes'), key)).by).toBe('server');
  await other.close();
});
