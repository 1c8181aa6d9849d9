import type { VirtualTime } from '../../virtual-time.ts';
import type { Chance } from '../chance.ts';
import { type Activity, watchActivity } from '../world/activity.ts';
import { type Laptop, startLaptop } from '../world/laptop.ts';
import { createNetwork, type Network } from '../world/network.ts';
import { connectStdio, type StdioClient } from '../world/stdio-client.ts';
import { createTime } from '../world/time.ts';
import { limitsBy } from '../world/time-limits.ts';

/** Where a day is lived. */
export interface DayWorld {
  readonly laptop: Laptop;
  readonly stdio: StdioClient;
  readonly stdioServer: string;
  readonly time: VirtualTime;
  readonly activity: Activity;
  readonly network: Network;
  /** Every port of the company. */
  readonly ports: readonly number[];
  close(): Promise<readonly unknown[]>;
}

/** The servers of the day; `tickets` authenticates by signed assertions, which go by the clock. */
export const DAY_SERVERS = ['notes', 'tickets', 'extra-1', 'extra-2'] as const;

/** How long ID tokens and access tokens live, in seconds. */
export const TOKEN_SECONDS = 3_600;

/** Whatever asks the machine for the time in this process gets the laptop's. Gives what ends that. */
function putMachineClock(clock: () => number): () => void {
  const original = Date.now;
  Date.now = clock;
  return () => {
    Date.now = original;
  };
}

/** Opens a company and a laptop whose clock is `skewMs` ahead of it, with somebody signed in. */
export async function openDayWorld(skewMs: number, chance: Chance): Promise<DayWorld> {
  const time = createTime();
  const network = createNetwork();
  const endLimits = limitsBy(time.schedule);
  const endClock = putMachineClock(() => time.clock() + skewMs);
  const endAll = () => {
    network.close();
    endLimits();
    endClock();
  };
  try {
    const laptop = await startLaptop({
      company: {
        extraServers: 2,
        lifetimes: { idTokenSeconds: TOKEN_SECONDS, accessTokenSeconds: TOKEN_SECONDS },
        refreshReuseGraceSeconds: 30,
      },
      servers: DAY_SERVERS,
      clock: time.clock,
      skewMs,
      schedule: time.schedule,
      random: chance.next,
    });
    const activity = watchActivity(laptop);
    await laptop.signIn();
    const [stdioServer] = DAY_SERVERS;
    const stdio = await connectStdio(laptop.paths, stdioServer);
    const { issuer, servers } = laptop.company;
    const urls = [issuer, ...servers.flatMap((server) => [server.url, server.issuer])];
    const ports = urls.map((url) => Number(new URL(url).port));
    const close = async () => {
      stdio.close();
      activity.close();
      endAll();
      return laptop.close();
    };
    return { laptop, stdio, stdioServer, time, activity, network, ports, close };
  } catch (error) {
    endAll();
    throw error;
  }
}
