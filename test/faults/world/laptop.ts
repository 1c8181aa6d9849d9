import { join } from 'node:path';
import { type RunningAgent, startAgent } from '../../../main/agent/agent.ts';
import { createLog, type LogEntry } from '../../../main/journal/log.ts';
import { parsePolicy } from '../../../main/policy/parse.ts';
import type { KeyStore } from '../../../main/vault/key-store.ts';
import { type AgentState, pastedClientSchema, type ServerView } from '../../../shared/local-api.ts';
import { type LocalPaths, localPaths } from '../../../shared/paths.ts';
import { type Schedule, systemSchedule } from '../../../shared/schedule.ts';
import {
  type Company,
  type CompanyOptions,
  type CompanyPolicy,
  type PolicyOptions,
  startCompany,
} from '../../company/company.ts';
import { signInByScript } from '../../company/sign-in.ts';
import { freePort } from '../../integration/ports.ts';
import { type Caller, callTool, forgetConnections, type Seen } from './call.ts';
import { makeHome, removeHome } from './homes.ts';

/** What can be chosen about a laptop. */
export interface LaptopOptions {
  readonly company?: CompanyOptions;
  /** The servers of its policy. */
  readonly servers: readonly string[];
  /** How it authenticates at the identity provider; `none` by default. */
  readonly authentication?: PolicyOptions['authentication'];
  /** What the administrator wrote otherwise. */
  readonly change?: (policy: CompanyPolicy) => unknown;
  /** The company's time; the machine's when absent. */
  readonly clock?: () => number;
  /** How far the laptop's clock is ahead of the company's, in ms; a function, where it is set at times. */
  readonly skewMs?: number | (() => number);
  readonly schedule?: Schedule;
  readonly random?: () => number;
}

/** One laptop of a demo company, with its agent in this process; everything between them goes over real sockets. */
export interface Laptop {
  readonly company: Company;
  readonly agent: RunningAgent;
  readonly paths: LocalPaths;
  readonly logged: readonly LogEntry[];
  readonly caller: Caller;
  readonly relayPort: number;
  signIn(): Promise<void>;
  call(server: string): Promise<Seen>;
  server(name: string): ServerView;
  /** Resolves with the first state that fulfils the condition. */
  state(condition: (state: AgentState) => boolean): Promise<AgentState>;
  /** Ends everything; gives what went wrong inside the company itself. */
  close(): Promise<readonly unknown[]>;
}

const USERNAME = 'alice';

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

const isUnderWay = ({ work }: ServerView) => work.kind === 'minting';

async function stateOf(agent: RunningAgent, condition: (state: AgentState) => boolean): Promise<AgentState> {
  const { promise, resolve } = Promise.withResolvers<AgentState>();
  const look = (state: AgentState) => {
    if (condition(state)) resolve(state);
  };
  const end = agent.acts.subscribe(look);
  look(agent.state());
  return promise.finally(end);
}

/** Starts a company and an agent whose policy is the company's; nobody is signed in yet. */
export async function startLaptop(options: LaptopOptions): Promise<Laptop> {
  const { clock = Date.now, skewMs = 0, schedule = systemSchedule, random = () => 0.5, servers } = options;
  const company = await startCompany({ ...options.company, clock });
  const home = makeHome();
  const paths = localPaths(home);
  const logged: LogEntry[] = [];
  const agentClock = () => clock() + (typeof skewMs === 'number' ? skewMs : skewMs());
  const cleanUp = async () => {
    forgetConnections();
    await company.close();
    removeHome(home);
  };
  const begin = async () => {
    const { authentication = 'none' } = options;
    const policy = company.policy({ relayPort: await freePort(), servers, authentication });
    const file = join(home, 'policy.json');
    const written = JSON.stringify(options.change?.(policy) ?? policy);
    return startAgent({
      loaded: { policy: parsePolicy(written, file), file, source: 'file' },
      paths,
      keyStore: memoryKeyStore(),
      log: createLog([{ write: (entry) => void logged.push(entry), close: async () => {} }], agentClock),
      program: { file: process.execPath, args: ['lanyard'] },
      home,
      clock: agentClock,
      schedule,
      random,
      env: {},
    });
  };
  const agent = await begin().catch(async (error: unknown) => {
    await cleanUp();
    throw error;
  });
  const relayPort = Number(new URL(agent.state().relay.url).port);
  const { localKey } = pastedClientSchema.parse(await agent.acts.addClient({ kind: 'snippet', transport: 'http' }));
  const caller = { relayUrl: agent.state().relay.url, localKey };
  return {
    company,
    agent,
    paths,
    logged,
    caller,
    relayPort,
    signIn: async () => {
      const { url } = await agent.acts.signIn({ method: 'browser' });
      await signInByScript({ url, username: USERNAME, password: company.person(USERNAME).password });
      await stateOf(agent, ({ signIn, servers: all }) => signIn?.phase === 'succeeded' && !all.some(isUnderWay));
    },
    call: (server) => callTool(caller, server),
    server: (name) => {
      const found = agent.state().servers.find((server) => server.name === name);
      if (!found) throw new Error(`The agent shows no server ${name}`);
      return found;
    },
    state: (condition) => stateOf(agent, condition),
    close: async () => {
      await agent.close();
      await cleanUp();
      return company.troubles();
    },
  };
}
