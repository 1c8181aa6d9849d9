import { Agent } from 'undici';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createFetch } from '../../../main/egress/fetch.ts';
import { startDeviceSignIn } from '../../../main/identity/device-sign-in.ts';
import { createIdentityProvider } from '../../../main/identity/provider.ts';
import type { SessionRecord } from '../../../main/vault/contents.ts';
import { LanyardError } from '../../../shared/errors.ts';
import { policyIdentityProvider, problemFrom, sendJson, serve, until } from '../fixtures.ts';

const INTERVAL_SECONDS = 5;

/** Device sign-ins at a provider where the person approves each code at once. */
async function approving() {
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
  const policy = policyIdentityProvider({ issuer: site.origin, clientId: 'c' });
  const provider = createIdentityProvider(policy, createFetch(agent), Date.now);
  const begun: SessionRecord[] = [];
  const start = () =>
    startDeviceSignIn({
      provider,
      clock: Date.now,
      lifeMs: 600_000,
      begin: async (session) => void begun.push(session),
    });
  return { start, polled, begun };
}

test('a code that was cancelled is not asked for any more, and its approval signs nobody in', async () => {
  const { start, polled, begun } = await approving();
  // Only the pause between two questions is the test's to end; the network has real time.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const cancelled = await start();
  const ended = problemFrom(cancelled.done);
  cancelled.end(new LanyardError({ code: 'sign-in-cancelled', user: 'Cancelled.', administrator: 'Cancelled.' }));
  expect((await ended).code).toBe('sign-in-cancelled');
  // Two that are begun later are asked for later: by then the first one has had its turn, and more.
  for (const code of ['code-2', 'code-3']) {
    const later = await start();
    await vi.advanceTimersByTimeAsync(INTERVAL_SECONDS * 1000);
    await until(() => polled.includes(code));
    await later.done;
  }
  expect(polled).toEqual(['code-2', 'code-3']);
  expect(begun).toHaveLength(2);
});
