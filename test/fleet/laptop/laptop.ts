import { createWake } from '../../../main/agent/wake.ts';
import { createMintCounts } from '../../../main/grant/mint-counts.ts';
import { createIdentityProvider } from '../../../main/identity/provider.ts';
import { createSessionOwner } from '../../../main/identity/session-owner.ts';
import { silentLog } from '../../../main/journal/log.ts';
import { EMPTY_VAULT } from '../../../main/vault/contents.ts';
import type { PolicyGrants, PolicyIdentityProvider } from '../../../shared/policy.ts';
import { createRandom, seedOf } from '../world/random.ts';
import type { World } from '../world/world.ts';
import { type WatchedGrant, watchGrant } from './grant.ts';
import { identityFetch, newSession } from './identity.ts';
import type { Ledger } from './ledger.ts';
import { memoryVault } from './memory-vault.ts';
import { mintModel } from './mint.ts';
import { createRequests } from './requests.ts';
import { createLaptopTimers } from './timers.ts';

/** What all laptops of a company have in common. */
export interface LaptopPolicy {
  readonly seed: number;
  readonly servers: number;
  readonly keep: PolicyGrants['keep'];
  readonly mintsPerMonth: number;
  readonly identityProvider: PolicyIdentityProvider;
}

/** One person's laptop with the agent's session and keepers on it. */
export interface Laptop {
  readonly grants: readonly WatchedGrant[];
  /** Mints so far, by server. */
  readonly mints: readonly number[];
  signIn(): Promise<void>;
  sleep(): void;
  wake(): void;
  /** There is a network again; `spread` false for an agent that does not know of spreading. */
  networkBack(spread: boolean): void;
  close(): void;
}

const PURPOSE_JITTER = 1;
const EGRESS = { renew: () => {} };

/** A laptop that is asleep, and was before anything happened; its person signed in before that. */
export function openLaptop(index: number, world: World, ledger: Ledger, policy: LaptopPolicy): Laptop {
  const { clock } = world.time;
  const subject = `person-${index}`;
  const timers = createLaptopTimers(world);
  const { schedule } = timers;
  const chance = createRandom(seedOf(policy.seed, index, PURPOSE_JITTER));
  const random = () => world.sameForAll ?? chance();
  const requests = createRequests(world, timers);
  const vault = memoryVault(EMPTY_VAULT);
  const provider = createIdentityProvider(policy.identityProvider, identityFetch(subject, requests, clock), clock);
  const onChange = () => {
    world.work += 1;
  };
  const onLost = () => {
    throw new Error(`The session of ${subject} was lost, though the IdP refuses none`);
  };
  const session = createSessionOwner({ vault, provider, clock, schedule, random, log: silentLog, onChange, onLost });
  const counts = createMintCounts({ vault, session, clock, log: silentLog, perMonth: policy.mintsPerMonth });

  const names = Array.from({ length: policy.servers }, (_, number) => `server-${number}`);
  const mints = names.map(() => 0);
  const grants = names.map((name, number) => {
    const onIdJag = () => {
      mints[number] = (mints[number] ?? 0) + 1;
      counts.add({ name, title: name });
    };
    return watchGrant({
      world,
      timers,
      random,
      ledger,
      keep: policy.keep,
      mint: mintModel({ server: name, session, requests, clock, onIdJag }),
      isSignedIn: () => session.current !== null,
      mints: () => counts.view(name),
    });
  });
  const wakeAll = (sleptMs: number, spreadMs: number) => {
    for (const grant of grants) grant.wake(sleptMs, spreadMs);
  };
  const woke = createWake({ egress: EGRESS, session, grants: { wake: wakeAll }, log: silentLog });
  // Without a session the keepers have found nothing to do so far, and now nobody tells them until the laptop wakes.
  timers.sleep();
  void session.begin(newSession(subject, clock()));

  return {
    grants,
    mints,
    signIn: async () => {
      if ((await requests.toIdp('sign-in')) !== 200) return;
      await session.begin(newSession(subject, clock()));
      await Promise.all(grants.map((grant) => grant.signedIn()));
    },
    sleep: timers.sleep,
    wake: () => {
      if (timers.isAsleep) woke({ sleptMs: timers.wake() });
    },
    networkBack: (spread) => {
      if (spread) return woke({ sleptMs: 0 });
      session.wake(0);
      wakeAll(0, 0);
    },
    close: () => {
      for (const grant of grants) grant.close();
      void session.close();
    },
  };
}
