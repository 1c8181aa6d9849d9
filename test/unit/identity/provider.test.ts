import { Agent } from 'undici';
import { expect, onTestFinished, test } from 'vitest';
import { createFetch, type Fetch } from '../../../main/egress/fetch.ts';
import { createIdentityProvider } from '../../../main/identity/provider.ts';
import { policyIdentityProvider, problemFrom, sendJson, serve, virtualClock } from '../fixtures.ts';

const POLICY = policyIdentityProvider({ issuer: 'https://login.example.com', clientId: 'c' });

function realFetch(): Fetch {
  const agent = new Agent();
  onTestFinished(() => agent.destroy());
  return createFetch(agent);
}

/** A provider on a real port, with the metadata that `make` gives. */
async function providerWith(make: (origin: string) => object, path = '') {
  const site = await serve(({ headers }, response) => sendJson(response, 200, make(`http://${headers.host}`)));
  const clock = virtualClock();
  const provider = createIdentityProvider({ ...POLICY, issuer: `${site.origin}${path}` }, realFetch(), clock);
  return { site, clock, provider };
}

const right = (origin: string) => ({ issuer: origin, token_endpoint: `${origin}/token` });

test('nothing is sent until it is needed, and then once for an hour', async () => {
  const { site, clock, provider } = await providerWith(right);
  expect(site.seen).toEqual([]);
  await Promise.all([provider.configuration(), provider.configuration(), provider.configuration()]);
  clock.advance(3_600_000 - 1);
  await provider.configuration();
  expect(site.seen.map(({ path }) => path)).toEqual(['/.well-known/openid-configuration']);
  clock.advance(1);
  await provider.configuration();
  expect(site.seen).toHaveLength(2);
});

test('a failure is not remembered', async () => {
  let down = true;
  const site = await serve(({ headers }, response) =>
    down ? response.writeHead(503).end() : sendJson(response, 200, right(`http://${headers.host}`)),
  );
  const provider = createIdentityProvider({ ...POLICY, issuer: site.origin }, realFetch(), virtualClock());
  expect(await problemFrom(provider.configuration())).toMatchObject({ recovery: { kind: 'retry' } });
  down = false;
  expect((await provider.configuration()).serverMetadata().issuer).toBe(site.origin);
});

test.each([
  ['', '/'],
  ['/tenant', '/tenant/'],
  ['/tenant/', '/tenant'],
  ['', '/other'],
])('a provider at …%s that calls itself …%s is not the one that the policy names', async (path, found) => {
  const { provider, site } = await providerWith((origin) => ({ ...right(origin), issuer: `${origin}${found}` }), path);
  const error = await problemFrom(provider.configuration());
  expect(error).toMatchObject({ code: 'idp-metadata', recovery: { kind: 'blocked', reason: 'misconfigured' } });
  expect(error.administrator).toContain(`"${site.origin}${path}"`);
  expect(error.administrator).toContain(`"${site.origin}${found}"`);
});

/** Answers for a provider with TLS, without the TLS. */
const metadataFetch =
  (metadata: object): Fetch =>
  async () =>
    Response.json({ issuer: POLICY.issuer, token_endpoint: 'https://login.example.com/token', ...metadata });

test.each(['token_endpoint', 'revocation_endpoint', 'device_authorization_endpoint'])(
  'an address that tokens would go to in the clear, or to this machine, is refused: %s',
  async (name) => {
    for (const address of ['http://login.example.com/x', 'https://127.0.0.1:8080/x', 'https://169.254.169.254/x']) {
      const provider = createIdentityProvider(POLICY, metadataFetch({ [name]: address }), virtualClock());
      expect(await problemFrom(provider.configuration()), address).toMatchObject({
        code: 'address-refused',
        recovery: { kind: 'blocked', reason: 'misconfigured' },
      });
    }
  },
);

test('a provider may keep its endpoints on another host', async () => {
  const elsewhere = metadataFetch({ token_endpoint: 'https://tokens.example.com/token' });
  const provider = createIdentityProvider(POLICY, elsewhere, virtualClock());
  expect((await provider.configuration()).serverMetadata().token_endpoint).toBe('https://tokens.example.com/token');
});

test('the pages that its metadata names are known once that was read, and said when they become other ones', async () => {
  let host = 'login';
  const site = await serve(({ headers }, response) =>
    sendJson(response, 200, {
      ...right(`http://${headers.host}`),
      authorization_endpoint: `https://${host}.example.com/authorize`,
      end_session_endpoint: 'https://out.example.com/',
    }),
  );
  let learnt = 0;
  const onLearnt = () => {
    learnt += 1;
  };
  const clock = virtualClock();
  const policy = { ...POLICY, issuer: site.origin };
  const provider = createIdentityProvider(policy, realFetch(), clock, undefined, onLearnt);
  expect(provider.pages).toEqual([]);
  await provider.configuration();
  expect(provider.pages).toEqual(['https://login.example.com/authorize', 'https://out.example.com/']);
  clock.advance(3_600_000);
  await provider.configuration();
  expect(learnt).toBe(1);
  host = 'other';
  clock.advance(3_600_000);
  await provider.configuration();
  expect(provider.pages[0]).toBe('https://other.example.com/authorize');
  expect(learnt).toBe(2);
});
