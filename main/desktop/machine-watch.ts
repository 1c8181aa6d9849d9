import { type AgentState, agentStateSchema, type PowerEvent } from '../../shared/local-api.ts';
import type { LocalCall } from '../../shared/local-client.ts';
import type { Schedule } from '../../shared/schedule.ts';
import { isPowerNews, judgeNetwork, type NetworkKnown, type NetworkSight, type PowerKnown } from './machine-news.ts';

/** How often the network is looked at, in ms: a look costs one system call, and a person waits no longer than two. */
const LOOK_EVERY_MS = 3_000;
/** The agent answers from memory; a report that takes longer is given up, in ms. */
const REPORT_TIMEOUT_MS = 5_000;

/**
 * What the system says, and what that means for the agent. An unlocked screen is a person who came back, and so is one
 * whose session comes to the front again (macOS).
 */
const POWER_EVENTS = {
  suspend: 'suspend',
  resume: 'resume',
  'unlock-screen': 'resume',
  'user-did-become-active': 'resume',
} as const satisfies Readonly<Record<string, PowerEvent['event']>>;

/** What watching works with. */
export interface MachineDeps {
  /** Electron's `powerMonitor`. */
  readonly power: Pick<NodeJS.EventEmitter, 'on' | 'off'>;
  /** Looks at the network. */
  sight(): NetworkSight;
  call(call: LocalCall<AgentState>): Promise<unknown>;
  readonly schedule: Schedule;
  /** Milliseconds on a clock that never goes back. */
  now(): number;
}

/** The system may have no descriptor left for a look; the next one will do. */
function glimpse(sight: () => NetworkSight): NetworkSight | undefined {
  try {
    return sight();
  } catch {
    return undefined;
  }
}

/**
 * Tells the agent when the machine sleeps, wakes, and loses or gains a network, which only a desktop program hears of.
 * Reports keep their order. They are hints: one that does not arrive is no fault, since the agent also finds out by
 * itself. Gives what ends it.
 */
export function watchMachine({ power, sight, call, schedule, now }: MachineDeps): () => void {
  const ended = new AbortController();
  let last: Promise<unknown> = Promise.resolve();
  const report = (path: string, body: unknown) => {
    const send = async () => {
      const signal = AbortSignal.any([ended.signal, AbortSignal.timeout(REPORT_TIMEOUT_MS)]);
      await call({ method: 'POST', path, body, answer: agentStateSchema, signal });
    };
    last = last.then(send).catch(() => undefined);
  };

  let knownPower: PowerKnown | undefined;
  const listeners = Object.entries(POWER_EVENTS).map(([name, event]) => {
    const listener = () => {
      const news: PowerKnown = { event, at: now() };
      if (isPowerNews(knownPower, news)) report('/power', { event });
      knownPower = news;
    };
    power.on(name, listener);
    return () => power.off(name, listener);
  });

  let knownNetwork: NetworkKnown | undefined;
  const look = () => {
    next = schedule(LOOK_EVERY_MS, look);
    const seen = glimpse(sight);
    if (!seen) return;
    const judged = judgeNetwork(knownNetwork, seen);
    knownNetwork = judged.known;
    if (judged.report) report('/network', judged.report);
  };
  let next = schedule(0, look);

  return () => {
    ended.abort();
    next();
    for (const off of listeners) off();
  };
}
