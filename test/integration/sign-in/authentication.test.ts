import { expect, test } from 'vitest';
import { AUTHENTICATION_METHODS } from '../../company/authentication.ts';
import { signInByScript } from '../../company/sign-in.ts';
import { startFixture } from '../fixture.ts';
import { callTool, connectRelay } from '../mcp.ts';

test.each(AUTHENTICATION_METHODS)(
  '%s works at the identity provider and at an authorization server',
  async (method) => {
    const fixture = await startFixture({
      company: { authentication: { notes: method, tickets: method } },
      policy: { authentication: method },
    });
    await fixture.signIn('alice');
    expect(fixture.server('notes').status).toBe('ready');
    expect(fixture.server('tickets').status).toBe('ready');
    const client = await connectRelay(fixture, 'notes', 'modern');
    expect(JSON.parse(await callTool(client, 'whoami'))).toMatchObject({ subject: 'u-alice' });
    await client.close();
    await fixture.close();
  },
);

test.each(['client_secret_basic', 'client_secret_post', 'private_key_jwt'] as const)(
  'a wrong credential for %s at an authorization server is for the administrator to mend',
  async (method) => {
    const other = await startFixture({ company: { authentication: { notes: method } } });
    const wrong = other.company.policy().servers[0]?.authorizationServer.authentication;
    await other.close();
    const fixture = await startFixture({
      company: { authentication: { notes: method } },
      change: (policy) => ({
        ...policy,
        servers: policy.servers.map((server) =>
          server.name === 'notes'
            ? { ...server, authorizationServer: { ...server.authorizationServer, authentication: wrong } }
            : server,
        ),
      }),
    });
    await fixture.signIn('alice');
    expect(fixture.server('notes')).toMatchObject({
      status: 'misconfigured',
      work: { cause: { code: 'jwt-bearer-invalid-client', administrator: expect.stringContaining('invalid_client') } },
    });
    expect(fixture.server('tickets').status).toBe('ready');
    await fixture.close();
  },
);

test('a wrong credential at the identity provider ends the sign-in with a sentence', async () => {
  const fixture = await startFixture({
    policy: { authentication: 'client_secret_basic' },
    change: (policy) => ({
      ...policy,
      identityProvider: {
        ...policy.identityProvider,
        authentication: { method: 'client_secret_basic', clientSecret: 'not the one that is registered' },
      },
    }),
  });
  const { url } = await fixture.agent.acts.signIn({ method: 'browser' });
  const { username, password } = fixture.company.person('alice');
  const page = await signInByScript({ url, username, password });
  expect(page.status).toBe(400);
  expect(page.text).toContain('You are not signed in');
  const { signIn, session } = await fixture.state((state) => state.signIn?.phase === 'failed');
  expect(signIn?.problem).toMatchObject({ code: 'idp-invalid-client' });
  expect(session).toEqual({ status: 'signed-out' });
  await fixture.close();
});
