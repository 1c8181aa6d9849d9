import { Agent } from 'undici';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createFetch, type Fetch } from '../../../main/egress/fetch.ts';
import type { SignInContext } from '../../../main/identity/browser-sign-in.ts';
import { startDeviceSignIn } from '../../../main/identity/device-sign-in.ts';
import { createIdentityProvider } from '../../../main/identity/provider.ts';
import type { SessionRecord } from '../../../main/vault/contents.ts';
import { LanyardError } from '../../../shared/errors.ts';
import { policyIdentityProvider, problemFrom, sendJson, serve, until } from '../fixtures.ts';

const INTERVAL_SECONDS = 5;

/** Device sign-ins at a provider where the person approves each code at once. */
async function approving(policyChange: object = {}) {
  let codes = 0;
  const polled: (string | null)[] = [];
  const site = await serve(({ path, headers, body }, response) => {
    const origin = `http://${headers.host}`;
    if (path === '/device') {
      codes += 1;
      return sendJson(response, 200, {
        device_code: `code-${codes}`,
        user_code: 'AB-CD',
        verification_uri: `${origin}/page`,
        expires_in: 600,
        interval: INTERVAL_SECONDS,
      });
    }
    if (path !== '/token')
      return sendJson(response, 200, {
        issuer: origin,
        token_endpoint: `${origin}/token`,
        device_authorization_endpoint: `${origin}/device`,
      });
    polled.push(new URLSearchParams(body).get('device_code'));
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const seconds = Math.floor(Date.now() / 1000);
    const claims = { iss: origin, aud: 'c', sub: 'ada', iat: seconds, exp: seconds + 3_600 };
    const id_token = `${part({ alg: 'RS256' })}.${part(claims)}.c2ln`;
    return sendJson(response, 200, { access_token: 'a', token_type: 'Bearer', id_token });
  });
  const agent = new Agent();
  onTestFinished(() => agent.destroy());
  const policy = policyIdentityProvider({ issuer: site.origin, clientId: 'c', ...policyChange });
  const fetch = createFetch(agent);
  let onTokens = () => {};
  // Answers come also to whoever has given up on them.
  const unstoppable: Fetch = async (url, { signal: _, ...init } = {}) => {
    const response = await fetch(url, init);
    if (url.endsWith('/token')) onTokens();
    return response;
  };
  const provider = createIdentityProvider(policy, unstoppable, Date.now);
  const begun: SessionRecord[] = [];
  const discarded: SessionRecord[] = [];
  const start = (change: Partial<SignInContext> = {}) =>
    startDeviceSignIn({
      provider,
      clock: Date.now,
      lifeMs: 600_000,
      begin: async (session) => void begun.push(session),
      discard: (session) => void discarded.push(session),
      ...change,
    });
  const whenTokensCome = (act: () => void) => {
    onTokens = act;
  };
  return { start, polled, begun, discarded, whenTokensCome };
}

const CANCELLED = new LanyardError({ code: 'sign-in-cancelled', user: 'Cancelled.', administrator: 'Cancelled.' });

/** Only the pause between two questions is the test's to end; the network has real time. */
function holdPolls() {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
}
const poll = () => vi.advanceTimersByTimeAsync(INTERVAL_SECONDS * 1000);

test('a code that was cancelled is not asked for any more, and its approval signs nobody in', async () => {
  const { start, polled, begun } = await approving();
  holdPolls();
  const cancelled = await start();
  const ended = problemFrom(cancelled.done);
  cancelled.end(CANCELLED);
  expect((await ended).code).toBe('sign-in-cancelled');
  // Two that are begun later are asked for later: by then the first one has had its turn, and more.
  for (const code of ['code-2', 'code-3']) {
    const later = await start();
    await poll();
    await until(() => polled.includes(code));
    await later.done;
  }
  expect(polled).toEqual(['code-2', 'code-3']);
  expect(begun).toHaveLength(2);
});

test('cancelled while the answer is on its way, it signs nobody in, and the session is given away', async () => {
  const { start, begun, discarded, whenTokensCome } = await approving();
  holdPolls();
  const started = await start();
  const ended = problemFrom(started.done);
  whenTokensCome(() => started.end(CANCELLED));
  await poll();
  expect((await ended).code).toBe('sign-in-cancelled');
  await until(() => discarded.length === 1);
  expect(discarded).toMatchObject([{ subject: 'ada' }]);
  expect(begun).toEqual([]);
});

test('once the session has begun it cannot be cancelled any more', async () => {
  const { start, discarded } = await approving();
  holdPolls();
  const started = await start({
    begin: async () => {
      started.end(CANCELLED);
    },
  });
  await poll();
  expect(await started.done).toMatchObject({ subject: 'ada' });
  expect(discarded).toEqual([]);
});

test('tokens that are not bound sign nobody in where policy requires that', async () => {
  const { start, begun } = await approving({ dpop: 'required' });
  holdPolls();
  const started = await start();
  const ended = problemFrom(started.done);
  await poll();
  expect((await ended).code).toBe('idp-not-bound');
  expect(begun).toEqual([]);
});
