import { Agent } from 'undici';
import { expect, onTestFinished, test } from 'vitest';
import { createFetch } from '../../../main/egress/fetch.ts';
import { type SignInContext, startBrowserSignIn } from '../../../main/identity/browser-sign-in.ts';
import { createIdentityProvider } from '../../../main/identity/provider.ts';
import { createSignIn } from '../../../main/identity/sign-in.ts';
import { silentLog } from '../../../main/journal/log.ts';
import type { SessionRecord } from '../../../main/vault/contents.ts';
import { LanyardError } from '../../../shared/errors.ts';
import type { StepUp } from '../../../shared/step-up.ts';
import { policyIdentityProvider, problemFrom, sendJson, serve, until } from '../fixtures.ts';
import { manualSchedule } from './manual-schedule.ts';
import { idTokenOf } from './owning.ts';

/** A provider that signs everybody in, and the ID token of its next answer. */
async function providing(policyChange: object = {}) {
  // Far from the machine's time, which must not matter.
  const { clock, schedule, pending, advance } = manualSchedule();
  const next = { claims: {} as object, beforeTokens: () => {} };
  const site = await serve(({ path, headers }, response) => {
    const origin = `http://${headers.host}`;
    const id_token = idTokenOf(origin, clock(), next.claims);
    if (path === '/token') {
      next.beforeTokens();
      return sendJson(response, 200, { access_token: 'a', token_type: 'Bearer', refresh_token: 'r', id_token });
    }
    return sendJson(response, 200, {
      issuer: origin,
      authorization_endpoint: `${origin}/authorize`,
      token_endpoint: `${origin}/token`,
    });
  });
  const agent = new Agent();
  onTestFinished(() => agent.destroy());
  const policy = policyIdentityProvider({ issuer: site.origin, clientId: 'c', ...policyChange });
  const provider = createIdentityProvider(policy, createFetch(agent), clock);
  const begun: SessionRecord[] = [];
  const begin = async (session: SessionRecord) => void begun.push(session);
  const context: SignInContext = { provider, clock, schedule, lifeMs: 600_000, begin };
  const start = async (stepUp?: StepUp, change: Partial<SignInContext> = {}) => {
    const started = await startBrowserSignIn({ ...context, stepUp, ...change });
    onTestFinished(() => started.close());
    const asked = new URL(started.url).searchParams;
    /** The browser comes back with a code, and the ID token will have these claims. */
    const comeBack = async (claims: object) => {
      next.claims = { nonce: asked.get('nonce'), ...claims };
      const callback = new URL(asked.get('redirect_uri') ?? '');
      callback.search = String(new URLSearchParams({ code: 'x', state: asked.get('state') ?? '' }));
      return (await fetch(callback)).text();
    };
    return { ...started, asked, comeBack };
  };
  return { start, next, clock, begun, context, pending, advance };
}

test('an ordinary sign-in demands neither a kind nor an age', async () => {
  const { start } = await providing();
  const { asked, comeBack, done } = await start();
  expect([...asked.keys()]).not.toContain('acr_values');
  expect([...asked.keys()]).not.toContain('max_age');
  await comeBack({});
  expect(await done).not.toHaveProperty('acr');
});

test('what is demanded of a sign-in is asked for, and how it was proved is kept', async () => {
  const { start, clock, begun } = await providing();
  const { asked, comeBack, done } = await start({ acrValues: 'hardware mfa', maxAgeSeconds: 60 });
  expect(asked.get('acr_values')).toBe('hardware mfa');
  expect(asked.get('max_age')).toBe('60');
  const authTime = Math.floor(clock() / 1000) - 20;
  await comeBack({ acr: 'mfa', auth_time: authTime });
  expect(await done).toMatchObject({ acr: 'mfa', provedAt: authTime * 1000 });
  expect(begun).toEqual([await done]);
});

test.each<readonly [string, object]>([
  ['is older than was demanded, clocks apart', { auth_time: -60 - 303 }],
  ['does not say how old it is', {}],
])('a sign-in that %s is not taken', async (_what, claims) => {
  const { start, clock, begun } = await providing();
  const { comeBack, done } = await start({ maxAgeSeconds: 60 });
  const ended = problemFrom(done);
  const seconds = Math.floor(clock() / 1000);
  await comeBack('auth_time' in claims ? { auth_time: seconds + Number(claims.auth_time) } : {});
  expect(await ended).toMatchObject({ code: 'sign-in-invalid' });
  expect(begun).toEqual([]);
});

test.each([-290, 290])('a provider whose clock differs by %i s can be signed in at', async (seconds) => {
  const { start, clock } = await providing();
  const { comeBack, done } = await start({ maxAgeSeconds: 0 });
  const there = Math.floor(clock() / 1000) + seconds;
  await comeBack({ iat: there, nbf: there, exp: there + 1, auth_time: there });
  expect((await done).idTokenExpiresAt).toBe((there + 1) * 1000);
});

test('what is demanded is asked anew at each start', async () => {
  const { context } = await providing();
  const demanded: (StepUp | undefined)[] = [{ acrValues: 'mfa' }, undefined];
  const signIn = createSignIn({ ...context, demands: () => demanded.shift() }, silentLog, () => {});
  onTestFinished(() => signIn.close());
  const [first, second] = [await signIn.start('browser'), await signIn.start('browser')];
  expect(new URL(first.url).searchParams.get('acr_values')).toBe('mfa');
  expect(new URL(second.url).searchParams.get('acr_values')).toBeNull();
});

test('what took too long ends, and leaves no timer and no port', async () => {
  const { context, pending, advance } = await providing();
  const signIn = createSignIn({ ...context, demands: () => undefined }, silentLog, () => {});
  await signIn.start('browser');
  expect(pending()).toEqual([600_000]);
  advance(600_000);
  await until(() => signIn.view?.phase === 'failed');
  expect(signIn.view?.problem?.code).toBe('sign-in-timeout');
  // The port stays for a while, to say so to an old tab.
  expect(pending()).toEqual([60_000]);
  await signIn.close();
  expect(pending()).toEqual([]);
});

test.each(['before it has ended', 'after'])('closed, a sign-in leaves no timer: %s', async (when) => {
  const { context, pending } = await providing();
  const signIn = createSignIn({ ...context, demands: () => undefined }, silentLog, () => {});
  await signIn.start('browser');
  if (when === 'after') {
    signIn.cancel();
    await until(() => signIn.view?.phase === 'cancelled');
  }
  await signIn.close();
  await until(() => signIn.view?.phase === 'cancelled');
  expect(pending()).toEqual([]);
});

const cancelled = new LanyardError({ code: 'sign-in-cancelled', user: 'Cancelled.', administrator: 'Cancelled.' });

test('cancelled while its code is redeemed, a sign-in signs nobody in, and its session is given away', async () => {
  const { start, next, begun } = await providing();
  const discarded: SessionRecord[] = [];
  const { comeBack, done, end } = await start(undefined, { discard: (session) => void discarded.push(session) });
  next.beforeTokens = () => end(cancelled);
  const ended = problemFrom(done);
  expect(await comeBack({})).toContain('cancelled');
  expect((await ended).code).toBe('sign-in-cancelled');
  expect(begun).toEqual([]);
  expect(discarded).toMatchObject([{ subject: 'ada', refreshToken: 'r' }]);
});

test('a sign-in whose session has begun cannot be cancelled any more', async () => {
  const { start, begun } = await providing();
  const discarded: SessionRecord[] = [];
  const { comeBack, done, end } = await start(undefined, {
    discard: (session) => void discarded.push(session),
    begin: async (session) => {
      end(cancelled);
      begun.push(session);
    },
  });
  expect(await comeBack({})).toContain('signed in');
  expect(begun).toEqual([await done]);
  expect(discarded).toEqual([]);
});

test('tokens that are not bound sign nobody in where policy requires that', async () => {
  const { start, begun } = await providing({ dpop: 'required' });
  const { comeBack, done } = await start();
  const ended = problemFrom(done);
  await comeBack({});
  expect(await ended).toMatchObject({ code: 'idp-not-bound', recovery: { kind: 'blocked', reason: 'misconfigured' } });
  expect(begun).toEqual([]);
});
