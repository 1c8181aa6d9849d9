import { describe, expect, test } from 'vitest';
import type { CompanyPolicy } from '../../company/company.ts';
import { approveDeviceByScript } from '../../company/sign-in.ts';
import { createTestClock } from '../clock.ts';
import { isSettled, startFixture } from '../fixture.ts';
import { relayUrl } from '../mcp.ts';
import { ask } from '../raw-http.ts';

const ID_TOKEN_SECONDS = 600;

const saying = (dpop: string) => (policy: CompanyPolicy) => ({
  ...policy,
  identityProvider: { ...policy.identityProvider, dpop },
});

// The provider is asked every five seconds (RFC 8628 section 3.5), so these wait side by side.
describe.concurrent('an identity provider that takes nothing without a proof', () => {
  test.for(['required', 'auto'])(
    'is signed in to with a code on another device, and the session is renewed: policy says %s',
    { timeout: 30_000 },
    async (use, { onTestFinished }) => {
      const clock = createTestClock();
      const lifetimes = { idTokenSeconds: ID_TOKEN_SECONDS, accessTokenSeconds: ID_TOKEN_SECONDS };
      const authentication = { tickets: 'client_secret_basic' } as const;
      const company = { dpop: { idp: 'required' }, dpopNonce: ['idp'], lifetimes, authentication } as const;
      const fixture = await startFixture({ company, clock: clock.now, change: saying(use) });
      onTestFinished(() => fixture.close());
      const localKey = await fixture.localKey();
      const { url, userCode = '' } = await fixture.agent.acts.signIn({ method: 'device' });
      const { username, password } = fixture.company.person('alice');
      await approveDeviceByScript({ url, userCode, username, password });
      await fixture.state(({ signIn, servers }) => signIn?.phase === 'succeeded' && servers.every(isSettled));
      clock.pass(ID_TOKEN_SECONDS + 1);
      await fixture.restart();
      expect((await ask(relayUrl(fixture, 'notes'), localKey, 'list_notes')).by).toBe('server');
      expect(fixture.company.counts.refreshes).toBe(1);
    },
  );
});
