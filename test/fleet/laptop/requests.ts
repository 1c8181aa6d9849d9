import { networkFault } from '../../../main/egress/faults.ts';
import { bell } from '../world/random.ts';
import type { TokenRequest } from '../world/token-load.ts';
import type { World } from '../world/world.ts';
import type { LaptopTimers } from './timers.ts';

/** Half of all answers take longer, in ms, and by what factor they scatter: 99 of 100 come within 0.4 s. */
const LATENCY_MEDIAN_MS = 120;
const LATENCY_SCATTER = 0.5;
/** Without a network a name fails to resolve at once, in ms. */
const NO_NAME_MS = 5;
/** When the egress gives a request up, in ms. */
const GIVEN_UP_MS = 15_000;
/** Part of the requests at an IdP in trouble that get no answer at all; the others get 503. */
const UNANSWERED_SHARE = 0.5;

/** Where requests go. */
export const IDP_HOST = 'login.example.com';
export const AS_HOST = 'as.example.com';

/** Sends the requests of one laptop. */
export interface Requests {
  /** Resolves with the status of the answer. */
  toIdp(kind: TokenRequest): Promise<200 | 503>;
  toAs(): Promise<void>;
}

const failed = (code: string, syscall = 'read') => Object.assign(new Error(code), { code, syscall });

/** See {@link Requests}. Throws what the egress throws; what is under way when the laptop falls asleep is lost. */
export function createRequests(world: World, timers: LaptopTimers): Requests {
  const pause = async (ms: number, host: string) => {
    const { sleeps } = timers;
    await new Promise<void>((resolve) => timers.schedule(ms, resolve));
    if (timers.sleeps !== sleeps) throw networkFault(host, failed('ECONNRESET'));
  };
  const latencyMs = () => LATENCY_MEDIAN_MS * Math.exp(LATENCY_SCATTER * bell(world.random));
  const leave = async (host: string) => {
    world.work += 1;
    if (world.weather !== 'no-network') return;
    await pause(NO_NAME_MS, host);
    throw networkFault(host, failed('ENOTFOUND', 'getaddrinfo'));
  };
  return {
    toIdp: async (kind) => {
      await leave(IDP_HOST);
      world.load.arrived(kind, world.time.clock());
      if (world.weather === 'fine') {
        await pause(latencyMs(), IDP_HOST);
        return 200;
      }
      if (world.random() >= UNANSWERED_SHARE) {
        await pause(latencyMs(), IDP_HOST);
        return 503;
      }
      await pause(GIVEN_UP_MS, IDP_HOST);
      throw networkFault(IDP_HOST, failed('ETIMEDOUT'));
    },
    toAs: async () => {
      await leave(AS_HOST);
      await pause(latencyMs(), AS_HOST);
    },
  };
}
