import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUNDLE_ENTRY, bundle } from '../../../build/bundle.ts';
import { agentStateSchema, pastedClientSchema, signInViewSchema } from '../../../shared/local-api.ts';
import { callLocal } from '../../../shared/local-client.ts';
import { type LocalPaths, localPaths } from '../../../shared/paths.ts';
import { type Company, type CompanyOptions, startCompany } from '../../company/company.ts';
import { signInByScript } from '../../company/sign-in.ts';
import { freePort } from '../../integration/ports.ts';
import { type Child, startChild } from '../../integration/program.ts';
import { type Caller, callTool, type Seen } from '../world/call.ts';
import { makeHome, removeHome } from '../world/homes.ts';

/** A laptop whose agent is the real program, a process of its own. */
export interface ProgramLaptop {
  readonly company: Company;
  /** Starts the agent and waits until it is ready. */
  start(): Promise<void>;
  /** Ends the agent at once, as a crash does; resolves when it is gone. */
  kill(): Promise<void>;
  signIn(): Promise<void>;
  isSignedIn(): Promise<boolean>;
  call(): Promise<Seen>;
  close(): Promise<void>;
}

const USERNAME = 'alice';

async function addClient(paths: LocalPaths): Promise<string> {
  const body = { kind: 'snippet', transport: 'http' };
  return (await callLocal(paths, { method: 'POST', path: '/clients', body, answer: pastedClientSchema })).localKey;
}

const stateOf = (paths: LocalPaths) => callLocal(paths, { method: 'GET', path: '/state', answer: agentStateSchema });

/** Makes the program as it ships from the present sources, since it starts twice as fast as they do; gives its file. */
export async function bundleProgram(): Promise<string> {
  const folder = makeHome();
  await bundle(undefined, folder);
  return join(folder, BUNDLE_ENTRY);
}

/** Opens a company and a home folder for the agent, which is not running yet. */
export async function openProgramLaptop(
  program: string,
  options: CompanyOptions,
  server: string,
): Promise<ProgramLaptop> {
  const company = await startCompany(options);
  const home = makeHome();
  const paths = localPaths(home);
  const file = join(home, 'policy.json');
  const policy = { ...company.policy({ relayPort: await freePort(), servers: [server] }) };
  writeFileSync(file, JSON.stringify({ ...policy, grants: { mintsPerMonth: 1_000_000 } }), { mode: 0o600 });
  let agent: Child | undefined;
  let caller: Caller | undefined;
  const kill = async () => {
    await agent?.end('SIGKILL');
    agent = undefined;
  };
  return {
    company,
    kill,
    start: async () => {
      agent = startChild(process.execPath, [program, 'agent', '--policy', file, '--insecure-file-key'], { home });
      await agent.printed(/agent-ready/, 'stderr');
      const localKey = caller?.localKey ?? (await addClient(paths));
      caller = { localKey, relayUrl: (await stateOf(paths)).relay.url };
    },
    signIn: async () => {
      const body = { method: 'browser' };
      const { url } = await callLocal(paths, { method: 'POST', path: '/sign-in', body, answer: signInViewSchema });
      await signInByScript({ url: url ?? '', username: USERNAME, password: company.person(USERNAME).password });
    },
    isSignedIn: async () => {
      const { session } = await stateOf(paths);
      return session.status === 'signed-in' && session.cause === undefined;
    },
    call: () => {
      if (!caller) throw new Error('The agent has not been started yet');
      return callTool(caller, server);
    },
    close: async () => {
      await kill();
      await company.close();
      removeHome(home);
    },
  };
}
