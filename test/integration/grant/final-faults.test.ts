import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Fault } from '../../company/company.ts';
import { JWT_BEARER, TOKEN_EXCHANGE } from '../../company/protocol.ts';
import { createTestClock, type TestClock } from '../clock.ts';
import { type Fixture, startFixture } from '../fixture.ts';
import { relayUrl } from '../mcp.ts';
import { ask, post } from '../raw-http.ts';

/** A final refusal is looked at again after five minutes. */
const RECHECK_SECONDS = 301;

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

const idp = { at: 'idp-token', grantType: TOKEN_EXCHANGE, kind: 'oauth-error' } as const;
const as = { at: 'as-token', grantType: JWT_BEARER, server: 'notes', kind: 'oauth-error' } as const;

const ASK = 'Ask your administrator';
const NOT_SET_UP = 'Your administrator has to finish it';
const AGAIN = /sign in again/i;

test.each<[Fault, string, string | RegExp]>([
  [{ ...idp, error: 'access_denied' }, 'denied', ASK],
  [{ ...idp, error: 'invalid_target' }, 'misconfigured', NOT_SET_UP],
  [{ ...idp, error: 'invalid_scope' }, 'misconfigured', NOT_SET_UP],
  [{ ...idp, error: 'invalid_request' }, 'misconfigured', NOT_SET_UP],
  [{ ...idp, error: 'invalid_client', status: 401 }, 'misconfigured', NOT_SET_UP],
  [{ ...idp, error: 'unsupported_grant_type' }, 'misconfigured', NOT_SET_UP],
  [{ ...idp, error: 'a_code_that_nobody_knows' }, 'misconfigured', NOT_SET_UP],
  [{ ...idp, error: 'invalid_grant' }, 'signed-out', AGAIN],
  [{ ...idp, error: 'insufficient_user_authentication' }, 'step-up', AGAIN],
  [{ ...idp, kind: 'error-as-200', error: 'access_denied' }, 'denied', ASK],
  [{ ...as, error: 'access_denied' }, 'denied', ASK],
  [{ ...as, error: 'access_denied', status: 403 }, 'denied', ASK],
  [{ ...as, error: 'invalid_grant' }, 'misconfigured', NOT_SET_UP],
  [{ ...as, error: 'invalid_client', status: 401 }, 'misconfigured', NOT_SET_UP],
  [{ ...as, error: 'unauthorized_client' }, 'misconfigured', NOT_SET_UP],
  [{ ...as, error: 'invalid_scope' }, 'misconfigured', NOT_SET_UP],
  [{ ...as, kind: 'error-as-200', error: 'invalid_target' }, 'misconfigured', NOT_SET_UP],
])('%o is final and says whose turn it is', async (fault, status, sentence) => {
  const end = fixture.company.faults.set(fault);
  await fixture.signIn('alice');
  const shown = fixture.server('notes');
  expect(shown.status).toBe(status);
  const { work } = shown;
  if (work.kind !== 'blocked') throw new Error(`The grant is ${work.kind}`);
  expect(work.cause.user).toMatch(sentence);
  if ('error' in fault) expect(work.cause.administrator).toContain(fault.error);
  if (fault.at === 'as-token') expect(fixture.server('tickets').status).toBe('ready');

  end();
  const before = fixture.company.counts;
  const refused = await call();
  expect(refused.by).toBe('standby');
  expect(refused.sentence).toContain(`"whoami" was not carried out. ${work.cause.user} `);
  // A client that begins now is let begin, and costs nobody anything either.
  const begun = await post(relayUrl(fixture, 'notes'), localKey);
  expect(begun.headers['mcp-session-id']).toMatch(/^lanyard-/);
  expect(fixture.company.counts).toEqual(before);

  clock.pass(RECHECK_SECONDS);
  const isAdministrators = status === 'denied' || status === 'misconfigured';
  expect((await call()).by).toBe(isAdministrators ? 'server' : 'standby');
  if (isAdministrators) return;
  await fixture.signIn('alice');
  expect((await call()).by).toBe('server');
});

test.each([
  ['no bearer token', { access_token: 'opaque', token_type: 'mac' }],
  ['no access token', { token_type: 'Bearer' }],
  ['a token that cannot stand in a header', { access_token: 'two words', token_type: 'Bearer' }],
])('an answer with %s is not used', async (_what, document) => {
  const body = JSON.stringify(document);
  const { at, server } = as;
  fixture.company.faults.set({ at, server, kind: 'status', status: 200, contentType: 'application/json', body });
  await fixture.signIn('alice');
  expect(fixture.server('notes')).toMatchObject({ status: 'misconfigured', token: { kind: 'none' } });
});

test('an ID-JAG that the authorization server does not take is minted anew once, and no more', async () => {
  fixture.company.faults.set({ ...as, error: 'invalid_grant' });
  await fixture.signIn('alice');
  expect(fixture.company.counts.servers.notes).toMatchObject({ tokenExchanges: 2, redemptions: 0 });
});

test('one that is taken at the second try is used', async () => {
  fixture.company.faults.set({ ...as, error: 'invalid_grant', times: 1 });
  await fixture.signIn('alice');
  expect(fixture.server('notes').status).toBe('ready');
});

describe('rights that change during the day', () => {
  test('a server that wants a fresher sign-in says so, and a new sign-in opens it', async () => {
    await fixture.signIn('alice');
    fixture.company.requireFreshSignIn('notes', 60);
    fixture.company.revokeAccessTokens('notes');
    clock.pass(120);
    const refused = await call();
    expect(refused.by).toBe('standby');
    expect(refused.sentence).toContain('needs a stronger or more recent sign-in');
    expect(fixture.server('notes').status).toBe('step-up');
    expect(fixture.server('tickets').status).toBe('ready');
  });

  test('a right that was given is found by itself after a while, and at once by trying again', async () => {
    await fixture.signIn('carol');
    expect(fixture.server('notes').status).toBe('denied');
    expect(fixture.server('tickets').status).toBe('denied');
    fixture.company.setGroups('carol', ['engineering']);
    await fixture.agent.acts.retry('notes');
    expect(fixture.server('notes').status).toBe('ready');
    expect((await call('tickets')).by).toBe('standby');
    clock.pass(RECHECK_SECONDS);
    expect((await call('tickets')).by).toBe('server');
  });

  test('a right that was taken away ends with the token', async () => {
    await fixture.signIn('alice');
    fixture.company.setGroups('alice', []);
    fixture.company.revokeAccessTokens('notes');
    const refused = await call();
    expect(refused.by).toBe('standby');
    expect(refused.sentence).toContain('has not given you access to Notes');
  });
});
