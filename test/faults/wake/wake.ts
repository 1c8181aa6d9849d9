import { setTimeout as delay } from 'node:timers/promises';
import { createTestClock } from '../../integration/clock.ts';
import { demanded, type Figure, median } from '../figures.ts';
import type { Part } from '../part.ts';
import { type Laptop, startLaptop } from '../world/laptop.ts';
import { createNetwork, type Network } from '../world/network.ts';

const SERVERS = ['notes', 'tickets', 'extra-1'] as const;
const [SERVER] = SERVERS;

/** What every request waits at the company, in ms: a round trip to another continent's cloud. */
const LATENCY_MS = 50;

const NIGHT_SECONDS = 10 * 60 * 60;
const ROUNDS = 9;
/** Each of them takes seconds. */
const OFFLINE_ROUNDS = { short: 1, long: 9 } as const;
const OFFLINE_MS = 2_000;

/** What is promised, in ms; a slow machine may take some times as long before it counts as broken. */
const PROMISED_MS = 1_000;
const GROSS = 10;

/** A client that got no answer tries again after this, in ms. */
const RETRY_MS = 20;

async function firstServed(laptop: Laptop): Promise<number> {
  const startedAt = performance.now();
  while ((await laptop.call(SERVER)).by !== 'server') {
    if (performance.now() - startedAt > GROSS * PROMISED_MS) return Number.POSITIVE_INFINITY;
    await delay(RETRY_MS);
  }
  return performance.now() - startedAt;
}

async function wakeOffline(laptop: Laptop, network: Network, ports: readonly number[]): Promise<number> {
  network.down('ENETUNREACH', ports);
  const timer = setTimeout(network.up, OFFLINE_MS);
  try {
    return (await firstServed(laptop)) - OFFLINE_MS;
  } finally {
    clearTimeout(timer);
    network.up();
  }
}

function figureOf(name: string, times: readonly number[]): Figure {
  const worst = Math.max(...times);
  const value = `${Math.round(median(times))} ms, worst ${Math.round(worst)}`;
  return demanded(name, value, `${PROMISED_MS} ms, grossly ${GROSS} times that`, worst <= GROSS * PROMISED_MS);
}

/**
 * Real time from opening the lid to the first call that is served, after a night in which everything has ended. How long
 * a sign-in takes until twenty servers are ready is `npm run bench -- --only sign-in`.
 */
export const wake: Part = async ({ tell, wanted }) => {
  const time = createTestClock();
  const network = createNetwork();
  let latencyMs = 0;
  const laptop = await startLaptop({
    company: { extraServers: 1, latencyMs: () => latencyMs },
    servers: SERVERS,
    clock: time.now,
  });
  try {
    await laptop.signIn();
    latencyMs = LATENCY_MS;
    const { issuer, servers } = laptop.company;
    const ports = [issuer, ...servers.flatMap((server) => [server.url, server.issuer])].map((url) =>
      Number(new URL(url).port),
    );
    const rounds = async (count: number, measure: () => Promise<number>) => {
      const times: number[] = [];
      for (let round = 0; round < count; round += 1) {
        await laptop.call(SERVER);
        time.pass(NIGHT_SECONDS);
        times.push(await measure());
      }
      return times;
    };
    tell(figureOf('opening the lid to the first call served', await rounds(ROUNDS, () => firstServed(laptop))));
    const count = wanted.long ? OFFLINE_ROUNDS.long : OFFLINE_ROUNDS.short;
    const name = `network ${OFFLINE_MS / 1000} s later: network to first call served`;
    tell(figureOf(name, await rounds(count, () => wakeOffline(laptop, network, ports))));
  } finally {
    network.close();
    await laptop.close();
  }
};
