import { expect, test } from 'vitest';
import type { Quirks } from '../../../shared/quirks.ts';
import type { AsQuirks } from '../../company/company.ts';
import type { CompanyOptions } from '../../company/options.ts';
import type { CompanyPolicy } from '../../company/policy.ts';
import { JWT_BEARER } from '../../company/protocol.ts';
import { createTestClock } from '../clock.ts';
import { type Fixture, startFixture } from '../fixture.ts';
import { relayUrl } from '../mcp.ts';
import { ask } from '../raw-http.ts';

/** What the administrator says of the authorization server of the notes. */
type Said = { readonly quirks?: Partial<Quirks>; readonly profile?: string };

function saying(said: Said) {
  return (policy: CompanyPolicy) => ({
    ...policy,
    servers: policy.servers.map((server) =>
      server.name === 'notes' ? { ...server, authorizationServer: { ...server.authorizationServer, ...said } } : server,
    ),
  });
}

/** A company whose notes have an authorization server of a certain kind, and a policy that says this of it. */
async function fixtureWith(
  theirs: Partial<AsQuirks>,
  said: Said,
  authentication?: CompanyOptions['authentication'],
): Promise<Fixture> {
  const company = { quirks: { notes: theirs }, ...(authentication && { authentication }) };
  return startFixture({ clock: createTestClock().now, company, change: saying(said) });
}

interface Case {
  readonly what: string;
  readonly theirs: Partial<AsQuirks>;
  readonly said: Said;
  /** The code of what is shown where policy does not say it. */
  readonly problem: string;
  readonly method?: NonNullable<CompanyOptions['authentication']>[string];
}

test.each<Case>([
  {
    what: 'wants assertions for its token endpoint',
    theirs: { assertionAudience: 'token-endpoint' },
    said: { quirks: { assertionAudience: 'token-endpoint' } },
    problem: 'jwt-bearer-invalid-client',
    method: 'private_key_jwt',
  },
  {
    what: 'is of the kind okta',
    theirs: { assertionAudience: 'token-endpoint', scope: 'refuse' },
    said: { profile: 'okta' },
    problem: 'jwt-bearer-invalid-client',
    method: 'private_key_jwt',
  },
  {
    what: 'reads Basic as it is',
    theirs: { basic: 'plain' },
    said: { quirks: { basicEncoding: 'plain' } },
    problem: 'jwt-bearer-invalid-client',
    method: 'client_secret_basic',
  },
  {
    what: 'refuses resource',
    theirs: { resource: 'refuse' },
    said: { quirks: { resourceOnRedemption: 'omit' } },
    problem: 'jwt-bearer-invalid-request',
  },
])('an authorization server that $what is reached where policy says so', async ({ theirs, said, problem, method }) => {
  const authentication = method && { notes: method };
  const told = await fixtureWith(theirs, said, authentication);
  await told.signIn('alice');
  expect(told.server('notes').work).toEqual({ kind: 'idle' });
  expect((await ask(relayUrl(told, 'notes'), await told.localKey())).by).toBe('server');
  await told.close();

  const untold = await fixtureWith(theirs, {}, authentication);
  await untold.signIn('alice');
  expect(untold.server('notes')).toMatchObject({ status: 'misconfigured', work: { cause: { code: problem } } });
  expect(untold.server('tickets').status).toBe('ready');
  await untold.close();
});

test.each([
  ['auth0', 'ready'],
  ['standard', 'misconfigured'],
] as const)(
  'an issuer that policy writes without its last slash is, with the profile %s, %s',
  async (profile, status) => {
    const company = { quirks: { notes: { issuerTrailingSlash: true } } };
    const change = (policy: CompanyPolicy) => {
      const { servers, ...rest } = saying({ profile })(policy);
      return {
        ...rest,
        servers: servers.map(({ authorizationServer, ...server }) => ({
          ...server,
          authorizationServer: { ...authorizationServer, issuer: authorizationServer.issuer.replace(/\/$/, '') },
        })),
      };
    };
    const fixture = await startFixture({ clock: createTestClock().now, company, change });
    await fixture.signIn('alice');
    expect(fixture.server('notes').status).toBe(status);
    expect(fixture.server('tickets').status).toBe('ready');
    await fixture.close();
  },
);

test('what an authorization server refuses must not be sent to it: scope', async () => {
  const fixture = await fixtureWith({ scope: 'refuse' }, { quirks: { scopeOnRedemption: 'send' } });
  await fixture.signIn('alice');
  const problem = { code: 'jwt-bearer-invalid-request' };
  expect(fixture.server('notes')).toMatchObject({ status: 'misconfigured', work: { cause: problem } });
  await fixture.close();
});

test('an issuer that ends with a slash everywhere needs nobody to say so', async () => {
  const fixture = await fixtureWith({ issuerTrailingSlash: true, resource: 'required', errors: '200' }, {});
  await fixture.signIn('alice');
  expect(fixture.server('notes').status).toBe('ready');
  await fixture.close();
});

test('errors that come with 200 say whose turn it is', async () => {
  const fixture = await fixtureWith({ resource: 'refuse', errors: '200' }, {});
  await fixture.signIn('alice');
  const problem = { code: 'jwt-bearer-invalid-request', administrator: expect.stringContaining('HTTP 200') };
  expect(fixture.server('notes')).toMatchObject({ status: 'misconfigured', work: { cause: problem } });
  await fixture.close();
});

test.each([
  ['while-valid', 'ready', 1],
  ['never', 'retrying', 1],
] as const)(
  'where an ID-JAG may be used %s, a lost answer leaves the server %s',
  async (idJagReuse, status, exchanges) => {
    const fixture = await fixtureWith({ replay: 'allow' }, { quirks: { idJagReuse } });
    fixture.company.faults.set({ at: 'as-token', server: 'notes', grantType: JWT_BEARER, kind: 'reset', times: 1 });
    await fixture.signIn('alice');
    expect(fixture.server('notes').status).toBe(status);
    expect(fixture.company.counts.servers.notes?.tokenExchanges).toBe(exchanges);
    await fixture.close();
  },
);
