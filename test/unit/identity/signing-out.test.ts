import { expect, test } from 'vitest';
import { EMPTY_VAULT } from '../../../main/vault/contents.ts';
import { problemFrom, until } from '../fixtures.ts';
import { owning } from './owning.ts';

const revoking = (origin: string) => ({ revocation_endpoint: `${origin}/revoke` });
const everything = (origin: string) => ({ ...revoking(origin), end_session_endpoint: `${origin}/end?x=1` });

test('it erases everything but the counts, revokes the refresh token, and says where a browser goes', async () => {
  const { owner, vault, revoked, site, pending, events } = await owning({ metadata: everything });
  const dpopKey = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y', d: 'd' } as const;
  const mints = { 'ada at https://login.example.com': {} };
  await vault.update((contents) => ({ ...contents, dpopKey, mints }));
  expect(await owner.end()).toEqual({ url: `${site.origin}/end?x=1`, idToken: 'old', clientId: 'c' });
  expect(vault.onDisk).toEqual({ ...EMPTY_VAULT, mints });
  expect(revoked).toEqual(['refresh-1']);
  expect(pending()).toEqual([]);
  expect(events()).toEqual(['signed-out']);
  expect(owner.endedBy).toBeUndefined();
});

test.each<readonly [string, (origin: string) => object]>([
  ['no page for it', revoking],
  ['a page that is no address', (origin) => ({ ...revoking(origin), end_session_endpoint: 'there' })],
  ['a page without TLS', (origin) => ({ ...revoking(origin), end_session_endpoint: 'http://login.example.com/end' })],
  ['a page that is no web page', (origin) => ({ ...revoking(origin), end_session_endpoint: 'file:///etc/passwd' })],
])('with %s no browser is sent anywhere, and the person is signed out all the same', async (_what, metadata) => {
  const { owner, revoked } = await owning({ metadata });
  expect(await owner.end()).toBeUndefined();
  expect(owner.current).toBeNull();
  expect(revoked).toEqual(['refresh-1']);
});

test('a refresh that was under way is not kept, and what it brought is revoked too', async () => {
  const { owner, vault, renewal, revoked } = await owning({ metadata: revoking });
  const caller = problemFrom(owner.fresh('old'));
  const late = await renewal();
  await owner.end();
  late.answer({ refresh_token: 'refresh-2' });
  expect((await caller).code).toBe('signed-out');
  await until(() => revoked.length === 2);
  expect(revoked).toEqual(['refresh-1', 'refresh-2']);
  expect(vault.onDisk).toEqual(EMPTY_VAULT);
});

test('on a disk that takes nothing the identity provider is told all the same, and the person hears of the disk', async () => {
  const { owner, vault, revoked } = await owning({ metadata: revoking });
  vault.isFull = true;
  expect((await problemFrom(owner.end())).code).toBe('vault-write');
  expect(owner.current).toBeNull();
  expect(revoked).toEqual(['refresh-1']);
});

test('without the identity provider the log says what was not done there', async () => {
  const { owner, vault, events } = await owning({ metadata: () => ({ issuer: 'https://somebody-else.example.com' }) });
  expect(await owner.end()).toBeUndefined();
  expect(vault.onDisk).toEqual(EMPTY_VAULT);
  expect(events()).toEqual(['end-session-unknown', 'revocation-failed', 'signed-out']);
});

test('nobody is signed out when nobody is signed in, and nothing is sent', async () => {
  const { owner, site, events } = await owning({ session: null });
  expect(await owner.end()).toBeUndefined();
  expect(site.seen).toEqual([]);
  expect(events()).toEqual([]);
});
