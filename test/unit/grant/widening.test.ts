import { expect, test } from 'vitest';
import { problemFrom } from '../fixtures.ts';
import { failure, grantToken } from './grant-states.ts';
import { keeping } from './keeping.ts';

const RETRY = failure({ kind: 'retry' }, 'later');
const REFUSED = failure({ kind: 'blocked', reason: 'misconfigured' }, 'token-exchange-invalid-scope');
const HELD = { ...grantToken('narrow'), scope: 'read' };

function holding() {
  const kept = keeping({ kept: HELD });
  return { ...kept, wide: (scope: string) => ({ ...kept.fresh('wide'), scope }) };
}

test('scopes that a server asks for are minted once for any number of callers, and used from then on', async () => {
  const { keeper, mints, wide, stored } = holding();
  const callers = Array.from({ length: 10 }, () => keeper.widen(['write']));
  expect(mints).toHaveLength(1);
  expect(mints[0]?.extraScopes).toEqual(['write']);
  mints[0]?.resolve(wide('read write'));
  for (const token of await Promise.all(callers)) expect(token.accessToken).toBe('wide');
  expect((await keeper.token()).accessToken).toBe('wide');
  expect((await keeper.widen(['write'])).accessToken).toBe('wide');
  expect(mints).toHaveLength(1);
  expect(stored).toEqual(['wide']);
});

test('a renewal asks for them again', async () => {
  const { keeper, mints, wide, pass } = holding();
  const widened = keeper.widen(['write']);
  mints[0]?.resolve(wide('read write'));
  await widened;
  pass(300_000);
  void problemFrom(keeper.token());
  expect(mints[1]?.extraScopes).toEqual(['write']);
});

test('what the IdP leaves out is not asked for again, and the new token is used all the same', async () => {
  const { keeper, mints, wide, pass } = holding();
  const first = problemFrom(keeper.widen(['write']));
  mints[0]?.resolve(wide('read'));
  expect(await first).toMatchObject({ code: 'scope-not-granted', recovery: { kind: 'blocked', reason: 'denied' } });
  for (let times = 0; times < 100; times += 1)
    expect((await problemFrom(keeper.widen(['write']))).code).toBe('scope-not-granted');
  expect(mints).toHaveLength(1);
  expect((await keeper.token()).accessToken).toBe('wide');
  pass(300_000);
  void problemFrom(keeper.token());
  expect(mints[1]?.extraScopes).toEqual([]);
});

test('a refusal leaves the grant as it was, and is believed for an hour', async () => {
  const { keeper, mints, pass } = holding();
  const first = problemFrom(keeper.widen(['write']));
  mints[0]?.reject(REFUSED);
  expect((await first).code).toBe('scope-not-granted');
  expect(keeper.state).toMatchObject({ token: { accessToken: 'narrow' }, work: { kind: 'idle' } });
  await problemFrom(keeper.widen(['write']));
  expect(mints).toHaveLength(1);
  pass(60 * 60_000);
  void problemFrom(keeper.widen(['write']));
  expect(mints).toHaveLength(2);
});

test('what time may mend is told as what it is, and not remembered', async () => {
  const { keeper, mints } = holding();
  const first = problemFrom(keeper.widen(['write']));
  mints[0]?.reject(RETRY);
  expect((await first).code).toBe('later');
  void problemFrom(keeper.widen(['write']));
  expect(mints).toHaveLength(2);
});

test('a server that asks for another scope each time gets three mints in an hour', async () => {
  const { keeper, mints, wide } = holding();
  for (let times = 0; times < 20; times += 1) {
    const asked = problemFrom(keeper.widen([`made-up-${times}`]));
    mints[times]?.resolve(wide('read'));
    expect((await asked).code).toBe('scope-not-granted');
  }
  expect(mints).toHaveLength(3);
});

test('a right that was taken away takes nothing else along', async () => {
  const { keeper, mints, wide, fresh, pass } = holding();
  const widened = keeper.widen(['write']);
  mints[0]?.resolve(wide('read write'));
  await widened;
  pass(300_000);
  const caller = keeper.token();
  mints[1]?.reject(REFUSED);
  await new Promise(setImmediate);
  expect(mints[2]?.extraScopes).toEqual([]);
  mints[2]?.resolve(fresh('narrow again'));
  expect((await caller).accessToken).toBe('narrow again');
});

test('another person starts without what was asked for before', async () => {
  const { keeper, mints, wide } = holding();
  const widened = keeper.widen(['write']);
  mints[0]?.resolve(wide('read write'));
  await widened;
  const asked = problemFrom(keeper.widen(['close']));
  keeper.reset();
  expect(mints[1]?.signal.aborted).toBe(true);
  mints[1]?.resolve(wide('read write close'));
  expect((await asked).code).toBe('signed-out');
  expect(keeper.state.token).toBeNull();
  void problemFrom(keeper.token());
  expect(mints[2]?.extraScopes).toEqual([]);
});

test('two calls that need different scopes both get theirs, one after the other', async () => {
  const { keeper, mints, wide } = holding();
  const first = keeper.widen(['write']);
  const second = keeper.widen(['close']);
  expect(mints).toHaveLength(1);
  mints[0]?.resolve(wide('read write'));
  await first;
  await new Promise(setImmediate);
  expect(mints[1]?.extraScopes).toEqual(['write', 'close']);
  mints[1]?.resolve(wide('read write close'));
  expect((await second).scope).toBe('read write close');
  expect((await keeper.token()).scope).toBe('read write close');
});

test('a renewal that is under way is waited for, and one that comes meanwhile waits', async () => {
  const { keeper, mints, wide, fresh, pass } = holding();
  pass(280_000);
  const renewed = keeper.token();
  const widened = keeper.widen(['write']);
  expect(mints).toHaveLength(1);
  mints[0]?.resolve({ ...fresh('renewed', 200_000), scope: 'read' });
  await renewed;
  await new Promise(setImmediate);
  expect(mints[1]?.extraScopes).toEqual(['write']);
  pass(190_000);
  const next = keeper.token();
  await new Promise(setImmediate);
  expect(mints).toHaveLength(2);
  mints[1]?.resolve(wide('read write'));
  await widened;
  await new Promise(setImmediate);
  mints[2]?.resolve(wide('read write'));
  expect((await next).scope).toBe('read write');
  expect(mints[2]?.extraScopes).toEqual(['write']);
});

test('what only a sign-in helps against is told as what it is, and asked of the next one', async () => {
  const { keeper, mints, wide } = holding();
  const recovery = { kind: 'blocked', reason: 'step-up', stepUp: { acrValues: 'strong' } } as const;
  const first = problemFrom(keeper.widen(['write']));
  mints[0]?.reject(failure(recovery, 'token-exchange-insufficient-user-authentication'));
  expect(await first).toMatchObject({ recovery });
  expect(keeper.demand?.stepUp).toEqual({ acrValues: 'strong' });
  const again = keeper.widen(['write']);
  mints[1]?.resolve(wide('read write'));
  expect((await again).scope).toBe('read write');
});

test('a sign-in gives what could not be had another chance', async () => {
  const { keeper, mints } = holding();
  const first = problemFrom(keeper.widen(['write']));
  mints[0]?.reject(REFUSED);
  await first;
  await keeper.signedIn();
  void problemFrom(keeper.widen(['write']));
  expect(mints).toHaveLength(2);
});

test.each(['token-exchange-access-denied', 'token-exchange-unauthorized-client', 'jwt-bearer-invalid-scope'])(
  'a renewal that is refused for what goes beyond policy (%s) goes without it',
  async (code) => {
    const kept = keeping({ kept: { ...HELD, extraScopes: ['write'] } });
    kept.pass(300_000);
    const caller = kept.keeper.token();
    expect(kept.mints[0]?.extraScopes).toEqual(['write']);
    kept.mints[0]?.reject(failure({ kind: 'blocked', reason: 'denied' }, code));
    await new Promise(setImmediate);
    kept.mints[1]?.resolve(kept.fresh('without'));
    expect((await caller).accessToken).toBe('without');
    expect(kept.mints[1]?.extraScopes).toEqual([]);
  },
);

test('a server may not name scopes without end', async () => {
  const { keeper, mints } = holding();
  const scopes = Array.from({ length: 101 }, (_, number) => `scope-${number}`);
  expect((await problemFrom(keeper.widen(scopes))).code).toBe('scope-not-granted');
  expect(mints).toHaveLength(0);
});

test('what could not be had by one person may be had by the next', async () => {
  const { keeper, mints } = holding();
  const first = problemFrom(keeper.widen(['write']));
  mints[0]?.reject(REFUSED);
  await first;
  keeper.reset();
  void problemFrom(keeper.widen(['write']));
  expect(mints).toHaveLength(2);
});
