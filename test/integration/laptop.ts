import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type AgentState, agentStateSchema } from '../../shared/local-api.ts';
import { type LocalPaths, localPaths } from '../../shared/paths.ts';
import { type Company, type CompanyOptions, startCompany } from '../company/company.ts';
import { signInByScript } from '../company/sign-in.ts';
import { freePort } from './ports.ts';
import { type Child, type Ended, startProgram } from './program.ts';

/** A laptop of the demo company: a home folder, a policy, and the program as processes of its own. */
export interface Laptop {
  readonly company: Company;
  readonly home: string;
  readonly paths: LocalPaths;
  readonly policyFile: string;
  /** What every process on it gets besides `HOME` and `PATH`. */
  readonly env: Readonly<Record<string, string>>;
  /** Every process that was started on it, also those that have ended. */
  readonly children: readonly Child[];
  /** Starts the agent and waits until it is ready. */
  startAgent(...more: readonly string[]): Promise<Child>;
  /** Starts `lanyard` with these arguments. */
  start(...args: readonly string[]): Child;
  /** Runs `lanyard` with these arguments. */
  run(...args: readonly string[]): Promise<Ended>;
  /** `lanyard login`, with the person at the browser. */
  login(username?: string): Promise<Ended>;
  /** `lanyard status --json` */
  state(): Promise<AgentState>;
  close(): Promise<void>;
}

/** What can be chosen about a laptop. */
export interface LaptopOptions {
  readonly company?: CompanyOptions;
  readonly env?: (home: string) => Readonly<Record<string, string>>;
}

/** Where no keychain is wanted: the flag that the tests of everything else give. */
export const WITHOUT_KEYCHAIN = '--insecure-file-key';

/** A laptop with nothing running on it. */
export async function createLaptop(options: LaptopOptions = {}): Promise<Laptop> {
  const company = await startCompany(options.company);
  const home = await mkdtemp(join(tmpdir(), 'lanyard-'));
  const policyFile = join(home, 'policy.json');
  await writeFile(policyFile, JSON.stringify(company.policy({ relayPort: await freePort() })), { mode: 0o600 });
  const env = options.env?.(home) ?? {};
  const children: Child[] = [];
  const start = (...args: readonly string[]) => {
    const child = startProgram(args, { home, env });
    children.push(child);
    return child;
  };
  const run = (...args: readonly string[]) => {
    const child = start(...args);
    child.stdin.end();
    return child.ended;
  };
  return {
    company,
    home,
    paths: localPaths(home),
    policyFile,
    env,
    children,
    start,
    run,
    startAgent: async (...more) => {
      const agent = start('agent', '--policy', policyFile, ...more);
      await agent.printed(/agent-ready/, 'stderr');
      return agent;
    },
    login: async (username = 'alice') => {
      const login = start('login', '--no-browser');
      const [url] = await login.printed(/https?:\/\/\S+(?=\s)/);
      await signInByScript({ url, username, password: company.person(username).password });
      return login.ended;
    },
    state: async () => {
      const { exitCode, stdout, stderr } = await run('status', '--json');
      if (exitCode !== 0) throw new Error(`status ended with ${exitCode}: ${stderr}`);
      return agentStateSchema.parse(JSON.parse(stdout));
    },
    close: async () => {
      await company.close();
      await rm(home, { recursive: true, force: true });
      expect(company.troubles()).toEqual([]);
    },
  };
}
