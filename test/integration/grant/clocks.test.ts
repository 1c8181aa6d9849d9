import { afterEach, expect, test } from 'vitest';
import { type Laptop, startLaptop } from '../../faults/world/laptop.ts';
import { createTestClock } from '../clock.ts';

/** How long ID tokens and access tokens live: less than metadata is believed, so that no Date comes with that. */
const TOKEN_SECONDS = 600;
const NIGHT_SECONDS = 10 * 60 * 60;

const SERVERS = ['notes', 'tickets'] as const;

let laptop: Laptop;
afterEach(async () => expect(await laptop.close()).toEqual([]));

/** A laptop that signs everywhere, at parties that forgive no second; its clock is ahead of theirs by this. */
async function start(ahead: { seconds: number }) {
  const clock = createTestClock();
  laptop = await startLaptop({
    company: {
      authentication: { notes: 'private_key_jwt', tickets: 'private_key_jwt' },
      lifetimes: { idTokenSeconds: TOKEN_SECONDS, accessTokenSeconds: TOKEN_SECONDS },
    },
    servers: SERVERS,
    authentication: 'private_key_jwt',
    clock: clock.now,
    skewMs: () => ahead.seconds * 1_000,
    // One after the other, so that the numbers of requests are always the same.
    change: (policy) => ({ ...policy, grants: { keep: 'on-demand' } }),
  });
  await laptop.signIn();
  return clock;
}

async function expectServed(): Promise<void> {
  for (const server of SERVERS) expect((await laptop.call(server)).by).toBe('server');
}

/** How often the identity provider and the authorization servers refused something. */
function refusals() {
  const atIdp = laptop.company.tokenRequestTimes().filter(({ outcome }) => outcome !== 'ok').length;
  return { atIdp, atServers: laptop.company.counts.refusedRedemptions };
}

test.each([-20, -10, 0, 10, 20, 300])(
  'a laptop whose clock is %i s ahead signs by the clocks of others, and is refused by nobody',
  async (seconds) => {
    const clock = await start({ seconds });
    await expectServed();
    for (const passes of [TOKEN_SECONDS * 1.5, NIGHT_SECONDS]) {
      clock.pass(passes);
      await expectServed();
    }
    expect(refusals()).toEqual({ atIdp: 0, atServers: 0 });
    expect(laptop.company.counts.refreshes).toBe(2);
  },
);

test.each([
  [300, 0],
  [0, 300],
  [-20, 20],
  [0, 20],
])('a clock that was %i s ahead and is set to %i s costs one refusal at each, and no call', async (before, after) => {
  const ahead = { seconds: before };
  const clock = await start(ahead);
  await expectServed();
  clock.pass(TOKEN_SECONDS * 1.5);
  // A clock that is handed in is taken to go by itself: this is as when the time since the start were wrong.
  ahead.seconds = after;
  await expectServed();
  expect(laptop.company.counts.refreshes).toBe(1);
  expect(refusals()).toEqual({ atIdp: 1, atServers: SERVERS.length });
  clock.pass(TOKEN_SECONDS * 1.5);
  await expectServed();
  expect(refusals()).toEqual({ atIdp: 1, atServers: SERVERS.length });
});

test('a clock that was five minutes behind serves every call before and after it is set', async () => {
  const ahead = { seconds: -300 };
  const clock = await start(ahead);
  for (const seconds of [-300, -300, 0, 0]) {
    ahead.seconds = seconds;
    await expectServed();
    clock.pass(TOKEN_SECONDS * 1.5);
  }
  // Only the AS that judges nothing else shows it: by a clock that is behind, ended ID tokens are shown to the IdP.
  expect(refusals().atServers).toBe(SERVERS.length);
});
