import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type RunningAgent, startAgent } from '../../main/agent/agent.ts';
import type { Machine } from '../../main/clients/apps/machine.ts';
import { createLog, type LogEntry, type OpenLog } from '../../main/journal/log.ts';
import { parsePolicy } from '../../main/policy/parse.ts';
import type { KeyStore } from '../../main/vault/key-store.ts';
import { type AgentState, pastedClientSchema, type ServerView } from '../../shared/local-api.ts';
import { type LocalPaths, localPaths } from '../../shared/paths.ts';
import { type Schedule, systemSchedule } from '../../shared/schedule.ts';
import {
  type Company,
  type CompanyOptions,
  type CompanyPolicy,
  type PolicyOptions,
  startCompany,
} from '../company/company.ts';
import { type SignInOutcome, signInByScript } from '../company/sign-in.ts';
import { freePort } from './ports.ts';

/** What can be chosen about a fixture. */
export interface FixtureOptions {
  readonly company?: CompanyOptions;
  readonly policy?: PolicyOptions;
  /** What the administrator wrote otherwise. */
  readonly change?: (policy: CompanyPolicy) => unknown;
  /** The time of company and agent alike; the machine's when absent. */
  readonly clock?: () => number;
  /** The agent's timers; the machine's when absent, for which a clock that jumps looks like a laptop that slept. */
  readonly schedule?: Schedule;
  /** The agent's dice; always 0.5 when absent. */
  readonly random?: () => number;
  readonly keyStore?: KeyStore;
  /** Where apps lie; its file system is the home folder when absent, so that nothing is found there. */
  readonly machine?: Partial<Machine>;
}

/** A demo company with the agent of one of its laptops, in this process, over real sockets. */
export interface Fixture {
  readonly company: Company;
  /** The present agent: another one after {@link Fixture.restart}. */
  readonly agent: RunningAgent;
  readonly home: string;
  readonly paths: LocalPaths;
  /** Every line the agents have logged. */
  readonly logged: readonly LogEntry[];
  /** Signs somebody in through the real pages and waits until every server has its outcome. */
  signIn(username?: string): Promise<SignInOutcome>;
  /** One server as the agent shows it. */
  server(name: string): ServerView;
  /** Resolves with the first state that fulfils a condition: the present one, or one to come. */
  state(condition: (state: AgentState) => boolean): Promise<AgentState>;
  /** Connects a client; gives its local key. */
  localKey(): Promise<string>;
  /** Ends the agent as a restart of the laptop would, and starts it again, with another policy if given. */
  restart(change?: FixtureOptions['change'], whileOff?: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/** A keychain that lives as long as the test. */
function memoryKeyStore(): KeyStore {
  let held: Buffer | null = null;
  return {
    kind: 'keychain',
    read: async () => held,
    write: async (key) => {
      held = key;
    },
  };
}

/** A server that has its outcome: nothing is under way for it. */
export function isSettled({ status }: ServerView): boolean {
  return status !== 'connecting' && status !== 'idle';
}

/** See {@link RunningAgent}; resolves with the first state that fulfils the condition. */
async function stateOf(agent: RunningAgent, condition: (state: AgentState) => boolean): Promise<AgentState> {
  const { promise, resolve } = Promise.withResolvers<AgentState>();
  const look = (state: AgentState) => {
    if (condition(state)) resolve(state);
  };
  const end = agent.acts.subscribe(look);
  look(agent.state());
  return promise.finally(end);
}

function collectingLog(logged: LogEntry[], clock: () => number): OpenLog {
  return createLog([{ write: (entry) => void logged.push(entry), close: async () => {} }], clock);
}

/** Starts a company and an agent whose policy is the company's. */
export async function startFixture(options: FixtureOptions = {}): Promise<Fixture> {
  const { clock = Date.now, schedule = systemSchedule, random = () => 0.5, keyStore = memoryKeyStore() } = options;
  const company = await startCompany({ ...options.company, clock });
  const home = await mkdtemp(join(tmpdir(), 'lanyard-'));
  const paths = localPaths(home);
  const logged: LogEntry[] = [];
  const policy = company.policy({ relayPort: await freePort(), ...options.policy });
  const file = join(home, 'policy.json');
  const start = async (change: FixtureOptions['change'] = (unchanged) => unchanged) => {
    const text = JSON.stringify(change(structuredClone(policy)));
    await writeFile(file, text);
    return startAgent({
      loaded: { policy: parsePolicy(text, file), file, source: 'file' },
      paths,
      keyStore,
      log: collectingLog(logged, clock),
      program: { file: process.execPath, args: ['lanyard'] },
      home,
      clock,
      schedule,
      random,
      env: {},
      machine: { root: home, ...options.machine },
    });
  };
  const cleanUp = async () => {
    await company.close();
    await rm(home, { recursive: true, force: true });
  };
  let agent = await start(options.change).catch(async (error: unknown) => {
    await cleanUp();
    throw error;
  });

  const state = (condition: (state: AgentState) => boolean) => stateOf(agent, condition);
  return {
    company,
    get agent() {
      return agent;
    },
    home,
    paths,
    logged,
    state,
    signIn: async (username = 'alice') => {
      const { url } = await agent.acts.signIn({ method: 'browser' });
      const outcome = await signInByScript({ url, username, password: company.person(username).password });
      await state(({ signIn, servers }) => signIn?.phase === 'succeeded' && servers.every(isSettled));
      return outcome;
    },
    server: (name) => {
      const found = agent.state().servers.find((server) => server.name === name);
      if (!found) throw new Error(`The agent shows no server ${name}`);
      return found;
    },
    localKey: async () =>
      pastedClientSchema.parse(await agent.acts.addClient({ kind: 'snippet', transport: 'http' })).localKey,
    restart: async (change, whileOff) => {
      await agent.close();
      await whileOff?.();
      agent = await start(change ?? options.change);
    },
    close: async () => {
      await agent.close();
      await cleanUp();
      expect(company.troubles()).toEqual([]);
    },
  };
}
