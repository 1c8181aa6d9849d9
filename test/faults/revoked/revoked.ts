import { control, demanded, told } from '../figures.ts';
import type { Part } from '../part.ts';
import { watchActivity } from '../world/activity.ts';
import { startLaptop } from '../world/laptop.ts';
import { createTime } from '../world/time.ts';
import { openStream } from './stream.ts';

const SERVERS = ['notes', 'extra-1'] as const;
const [STREAMING] = SERVERS;

const ROUNDS = { short: 10, long: 60 } as const;

/** What policy says unless the administrator says otherwise. */
const CHECK_INTERVAL_MS = 10 * 60_000;

/** How late a timer and an answer may be, in ms. */
const SLACK_MS = 1_000;
const STEP_MS = 1_000;

/** The revocation comes at any moment of two check intervals. */
const SPREAD_MS = 2 * CHECK_INTERVAL_MS;

const seconds = (ms: number) => `${Math.round(ms / 1000)} s`;

/** A session is revoked at the identity provider: within one check interval nothing is left of it here. */
export const revoked: Part = async ({ tell, wanted, chance }) => {
  const time = createTime();
  const laptop = await startLaptop({
    company: { extraServers: 1 },
    servers: SERVERS,
    clock: time.clock,
    schedule: time.schedule,
    random: chance.fork('program').next,
  });
  const activity = watchActivity(laptop);
  const rounds = wanted.long ? ROUNDS.long : ROUNDS.short;
  const noticed: number[] = [];
  const leftOver: string[] = [];
  let served = 0;
  try {
    for (let round = 1; round <= rounds; round += 1) {
      await laptop.signIn();
      const stream = await openStream(laptop.caller, STREAMING, () =>
        laptop.company.announceToolListChanged(STREAMING),
      );
      await time.advance(chance.between(0, SPREAD_MS), activity.settle);
      laptop.company.revokeSession('alice');
      const revokedAt = time.clock();
      // The server does not know of it: until it is noticed here, access goes on.
      served += (await activity.track(laptop.call(STREAMING))).by === 'server' ? 1 : 0;
      const isSignedIn = () => laptop.agent.state().session.status === 'signed-in';
      while (isSignedIn() && time.clock() - revokedAt < SPREAD_MS) await time.advance(STEP_MS, activity.settle);
      noticed.push(time.clock() - revokedAt);
      const calls = await Promise.all(SERVERS.map((server) => activity.track(laptop.call(server))));
      const after = calls.filter(({ by }) => by !== 'standby').length;
      if (stream.isOpen()) leftOver.push(`round ${round}: a stream is open`);
      if (after > 0) leftOver.push(`round ${round}: ${after} servers are still reached`);
      stream.end();
    }
    const longest = Math.max(...noticed);
    tell(
      told('revocations', rounds),
      demanded(
        'longest until noticed (virtual)',
        seconds(longest),
        seconds(CHECK_INTERVAL_MS),
        longest <= CHECK_INTERVAL_MS + SLACK_MS,
      ),
      demanded('streams and grants left after that', leftOver.length, '0', leftOver.length === 0, leftOver),
      control('calls served between revocation and notice', served),
    );
  } finally {
    activity.close();
    await laptop.close();
  }
};
