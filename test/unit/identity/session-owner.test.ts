import { Agent } from 'undici';
import { expect, onTestFinished, test } from 'vitest';
import { createFetch } from '../../../main/egress/fetch.ts';
import { createIdentityProvider } from '../../../main/identity/provider.ts';
import { signedOut } from '../../../main/identity/session-errors.ts';
import { createSessionOwner } from '../../../main/identity/session-owner.ts';
import { silentLog } from '../../../main/journal/log.ts';
import { EMPTY_VAULT, type SessionRecord, type VaultContents } from '../../../main/vault/contents.ts';
import { policyIdentityProvider, problemFrom, sendJson, serve } from '../fixtures.ts';
import { manualSchedule } from './manual-schedule.ts';

const TOKEN_LIFE_MS = 600_000;

interface Renewal {
  readonly refresh: string | null;
  answer(change?: object): void;
  refuse(status: number, error: string): void;
}

/** An owner over a real identity provider whose answers come when the test gives them. */
async function owning(change: Partial<SessionRecord> | null = {}) {
  const { clock, schedule, advance } = manualSchedule(Date.now());
  const renewals: Renewal[] = [];
  const arrived = new Set<() => void>();
  const site = await serve(({ path, headers, body }, response) => {
    const origin = `http://${headers.host}`;
    if (path !== '/token') return sendJson(response, 200, { issuer: origin, token_endpoint: `${origin}/token` });
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const seconds = Math.floor(Date.now() / 1000);
    const claims = { iss: origin, aud: 'c', sub: 'ada', iat: seconds, exp: seconds + 3_600 };
    const id_token = `${part({ alg: 'RS256' })}.${part(claims)}.c2ln`;
    renewals.push({
      refresh: new URLSearchParams(body).get('refresh_token'),
      answer: (more = {}) => sendJson(response, 200, { access_token: 'a', token_type: 'Bearer', id_token, ...more }),
      refuse: (status, error) => sendJson(response, status, { error }),
    });
    for (const tell of arrived) tell();
  });
  const agent = new Agent();
  onTestFinished(() => agent.destroy());
  const provider = createIdentityProvider(
    policyIdentityProvider({ issuer: site.origin, clientId: 'c' }),
    createFetch(agent),
    clock,
  );
  const session: SessionRecord = {
    issuer: site.origin,
    subject: 'ada',
    idToken: 'old',
    idTokenExpiresAt: clock() + TOKEN_LIFE_MS,
    refreshToken: 'refresh-1',
    provedAt: clock(),
    ...change,
  };
  const vault = {
    contents: (change ? { ...EMPTY_VAULT, session } : EMPTY_VAULT) as VaultContents,
    setAside: undefined,
    restored: false,
    unsaved: undefined,
    settled: async () => {},
    update: async (edit: (contents: VaultContents) => VaultContents) => {
      vault.contents = edit(vault.contents);
    },
  };
  let lost = 0;
  const owner = createSessionOwner({
    vault,
    provider,
    clock,
    schedule,
    random: () => 1,
    log: silentLog,
    onChange: () => {},
    onLost: () => {
      lost += 1;
    },
  });
  const nextRenewal = () => new Promise<void>((resolve) => arrived.add(resolve));
  return { owner, vault, clock, advance, renewals, nextRenewal, session, site, lost: () => lost };
}

test('an ID token with life left is used, and nothing is sent', async () => {
  const { owner, advance, session, site } = await owning();
  advance(TOKEN_LIFE_MS - 60_001);
  expect(await owner.fresh()).toEqual({ session, token: 'old', type: 'id_token' });
  expect(site.seen).toEqual([]);
});

test('any number of callers share one renewal, and the rotated refresh token is kept', async () => {
  const { owner, vault, advance, renewals, nextRenewal } = await owning();
  advance(TOKEN_LIFE_MS - 60_000);
  const arrived = nextRenewal();
  const callers = Array.from({ length: 100 }, () => owner.fresh());
  await arrived;
  renewals[0]?.answer({ refresh_token: 'refresh-2' });
  for (const caller of callers) expect((await caller).session.refreshToken).toBe('refresh-2');
  expect(renewals.map(({ refresh }) => refresh)).toEqual(['refresh-1']);
  expect(vault.contents.session?.refreshToken).toBe('refresh-2');
  expect(vault.contents.session?.idToken).not.toBe('old');
});

test('a refused refresh token ends the session and everything that came from it', async () => {
  const { owner, vault, advance, renewals, nextRenewal, lost } = await owning();
  advance(TOKEN_LIFE_MS);
  const arrived = nextRenewal();
  const caller = problemFrom(owner.fresh());
  await arrived;
  renewals[0]?.refuse(400, 'invalid_grant');
  expect(await caller).toMatchObject({ code: 'session-ended', recovery: { kind: 'blocked', reason: 'signed-out' } });
  expect(vault.contents).toEqual(EMPTY_VAULT);
  expect(lost()).toBe(1);
  expect(owner.endedBy?.code).toBe('session-ended');
});

test.each([
  [429, 'invalid_grant'],
  [503, 'invalid_grant'],
  [400, 'temporarily_unavailable'],
])('an identity provider in trouble (%i %s) ends nothing', async (status, error) => {
  const { owner, vault, advance, renewals, nextRenewal, session, lost } = await owning();
  advance(TOKEN_LIFE_MS);
  const arrived = nextRenewal();
  const caller = problemFrom(owner.fresh());
  await arrived;
  renewals[0]?.refuse(status, error);
  expect((await caller).recovery?.kind).toBe('retry');
  expect(vault.contents.session).toMatchObject(session);
  expect(lost()).toBe(0);
});

test('without a refresh token an ID token is good to its end, and then the person is asked to sign in again', async () => {
  const { owner, advance, session } = await owning({ refreshToken: undefined as never });
  advance(TOKEN_LIFE_MS - 1);
  expect((await owner.fresh()).token).toBe(session.idToken);
  advance(1);
  expect(await problemFrom(owner.fresh())).toMatchObject({ code: 'session-ended' });
  expect(owner.current).toEqual(session);
  expect(owner.endedBy).toMatchObject({ code: 'session-ended' });
});

test.each<readonly [string, (session: SessionRecord) => SessionRecord | null]>([
  ['the person signed out', () => null],
  ['somebody else signed in', (session) => ({ ...session, subject: 'bob', refreshToken: 'of-bob' })],
])('a renewal that ends too late changes nothing: %s', async (_what, next) => {
  const { owner, vault, advance, renewals, nextRenewal, session } = await owning();
  advance(TOKEN_LIFE_MS);
  const arrived = nextRenewal();
  const caller = problemFrom(owner.fresh());
  await arrived;
  const after = next(session);
  await vault.update((contents) => ({ ...contents, session: after }));
  renewals[0]?.answer({ refresh_token: 'refresh-2' });
  expect(await caller).toMatchObject({ code: 'signed-out' });
  expect(vault.contents.session).toEqual(after);
});

test.each([
  ['succeeds', (renewal: Renewal) => renewal.answer({ refresh_token: 'refresh-2' })],
  ['is refused', (renewal: Renewal) => renewal.refuse(400, 'invalid_grant')],
  ['meets trouble', (renewal: Renewal) => renewal.refuse(429, 'slow_down')],
])('a renewal that %s after the same person has signed in again gives the new session', async (_what, end) => {
  const { owner, clock, advance, renewals, nextRenewal, session, lost } = await owning();
  advance(TOKEN_LIFE_MS);
  const arrived = nextRenewal();
  const caller = owner.fresh();
  await arrived;
  const again = {
    ...session,
    idToken: 'again',
    idTokenExpiresAt: clock() + TOKEN_LIFE_MS,
    refreshToken: 'of-the-second-sign-in',
    // The time of proof stays the same where the provider still knew the person.
  };
  await owner.begin(again);
  const [renewal] = renewals;
  if (renewal) end(renewal);
  expect((await caller).session).toEqual(again);
  expect(owner.current).toEqual(again);
  expect(lost()).toBe(0);
});

test('a session with another identity provider is nobody’s, and nothing of it is sent to this one', async () => {
  const { owner, advance, site } = await owning({ issuer: 'https://before.example.com' });
  advance(TOKEN_LIFE_MS);
  expect(owner.current).toBeNull();
  expect(await problemFrom(owner.fresh())).toMatchObject({ code: 'signed-out' });
  await owner.end();
  expect(site.seen).toEqual([]);
});

test('with nobody signed in there is no token', async () => {
  const { owner } = await owning(null);
  expect(await problemFrom(owner.fresh())).toMatchObject({ code: 'signed-out' });
});

test('a refusal of the present session asks for a new sign-in; one of an older session says nothing', async () => {
  const { owner, session } = await owning();
  const error = signedOut();
  const subject = { session, token: session.idToken, type: 'id_token' } as const;
  owner.refused({ ...subject, session: { ...session, idToken: 'of-somebody-before' } }, error);
  expect(owner.endedBy).toBeUndefined();
  owner.refused(subject, error);
  expect(owner.endedBy).toMatchObject({ code: error.code });
  expect(owner.current).toEqual(session);
});
