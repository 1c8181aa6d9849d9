import { expect, test } from 'vitest';
import { createSendGrant, type ProvedGrant } from '../../../main/identity/proved-grants.ts';
import { LanyardError } from '../../../shared/errors.ts';
import type { DpopUse } from '../../../shared/quirks.ts';
import { dpopInMemory } from './dpop-in-memory.ts';

const ISSUER = 'https://login.example.com';
const LEGS = ['code', 'device', 'refresh'] as const;

const refusal = (error: string) =>
  new LanyardError({ code: `idp-${error}`, user: 'A person.', administrator: 'An administrator.' });

/** What was sent, and an end for each request; those after the last one succeed. */
function sending(use: DpopUse, ends: unknown[] = []) {
  const proved: boolean[] = [];
  const sendGrant = createSendGrant(ISSUER, use, dpopInMemory());
  const send: ProvedGrant<string>['send'] = async ({ DPoP }) => {
    proved.push(DPoP !== undefined);
    const end = ends.shift();
    if (end !== undefined) throw end;
    return 'tokens';
  };
  return { proved, ask: (grant: Partial<ProvedGrant<string>> = {}) => sendGrant({ leg: 'code', send, ...grant }) };
}

test.each<[DpopUse, boolean]>([
  ['required', true],
  ['auto', false],
  ['off', false],
])('where policy says %s, a first request has a proof: %s', async (use, isProved) => {
  const { proved, ask } = sending(use);
  expect(await ask()).toBe('tokens');
  expect(proved).toEqual([isProved]);
});

test.each(LEGS.flatMap((leg) => [[leg, 'invalid-dpop-proof'] as const, [leg, 'use-dpop-nonce'] as const]))(
  'a %s that is refused with %s is sent once more with a proof, and all that follow have one',
  async (leg, error) => {
    const { proved, ask } = sending('auto', [refusal(error)]);
    expect(await ask({ leg })).toBe('tokens');
    expect(proved).toEqual([false, true]);
    for (const other of LEGS) await ask({ leg: other });
    expect(proved).toEqual([false, true, true, true, true]);
  },
);

test('what is bound already goes with a proof from the start, and says nothing of the rest', async () => {
  const { proved, ask } = sending('auto');
  await ask({ leg: 'refresh', isBound: true });
  await ask();
  expect(proved).toEqual([true, false]);
});

test.each<[DpopUse, string, boolean[]]>([
  ['auto', 'invalid-grant', [false]],
  ['auto', 'invalid-client', [false]],
  ['off', 'invalid-dpop-proof', [false]],
  ['required', 'invalid-dpop-proof', [true]],
])('where policy says %s, %s ends it', async (use, error, expected) => {
  const end = refusal(error);
  const { proved, ask } = sending(use, [end]);
  await expect(ask()).rejects.toBe(end);
  expect(proved).toEqual(expected);
});

test('a proof that is refused too ends it', async () => {
  const second = refusal('invalid-dpop-proof');
  const { proved, ask } = sending('auto', [refusal('invalid-dpop-proof'), second]);
  await expect(ask()).rejects.toBe(second);
  expect(proved).toEqual([false, true]);
});

/** Sends a refresh that fails this way once; meanwhile the IdP's clock turns out to be that far ahead of ours. */
async function refusedMeanwhile(error: string, turnsOutMs: number | undefined) {
  let skew: number | undefined = 1_000;
  let sent = 0;
  const sendGrant = createSendGrant(ISSUER, 'off', undefined, () => skew);
  const outcome = await sendGrant({
    leg: 'refresh',
    send: async () => {
      sent += 1;
      if (sent > 1) return 'tokens';
      skew = turnsOutMs;
      throw refusal(error);
    },
  }).catch((thrown: LanyardError) => thrown.code);
  return { outcome, sent };
}

test.each([
  ['invalid-client', 21_000],
  ['invalid-client', -300_000],
  ['invalid-dpop-proof', 300_000],
])('what is refused with %s, when the clock turns out to be %i ms ahead, is signed once more', async (error, ms) => {
  expect(await refusedMeanwhile(error, ms)).toEqual({ outcome: 'tokens', sent: 2 });
});

test.each([
  ['invalid-client', 1_500],
  ['invalid-client', undefined],
  ['invalid-grant', 300_000],
])('what is refused with %s, when the clock turns out to be %s ms ahead, stays refused', async (error, ms) => {
  expect(await refusedMeanwhile(error, ms)).toEqual({ outcome: `idp-${error}`, sent: 1 });
});
