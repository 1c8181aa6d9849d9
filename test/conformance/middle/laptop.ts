import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningAgent, startAgent } from '../../../main/agent/agent.ts';
import { createLog } from '../../../main/journal/log.ts';
import { parsePolicy } from '../../../main/policy/parse.ts';
import { insecureFileKeyStore } from '../../../main/vault/insecure-file-key.ts';
import { localPaths } from '../../../shared/paths.ts';
import { signInByScript } from '../../company/sign-in.ts';
import { freePort } from '../../integration/ports.ts';
import { type GuardedServer, SERVER } from './guarded-server.ts';

/** The agent of somebody who is signed in and has a grant for the fixture server. */
export interface Laptop {
  /** What processes on it get as `HOME`. */
  readonly home: string;
  /**
   * Connects a client of its own: the relay remembers what each can do. Gives the relay's address with the local key in
   * its path, which is all that the suite can send.
   */
  connect(): Promise<string>;
  close(): Promise<void>;
}

/** Waits for the grant, or for the reason why there is none. */
async function settled(agent: RunningAgent): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const look = ({ servers }: ReturnType<RunningAgent['state']>) => {
    const status = servers.find(({ name }) => name === SERVER)?.status ?? 'missing';
    if (status !== 'connecting' && status !== 'idle') resolve(status);
  };
  const end = agent.acts.subscribe(look);
  look(agent.state());
  const status = await promise.finally(end);
  if (status !== 'ready') throw new Error(`The agent has no grant for the fixture server: ${status}`);
}

async function connect(agent: RunningAgent): Promise<string> {
  const { localKey } = await agent.acts.addClient({ kind: 'snippet', transport: 'http' });
  // The suite's look at DNS rebinding depends on the name localhost.
  return `http://localhost:${new URL(agent.state().relay.url ?? '').port}/~${localKey}`;
}

/** Starts the agent with the company's policy and signs somebody in. */
export async function openLaptop(company: GuardedServer): Promise<Laptop> {
  const home = await mkdtemp(join(tmpdir(), 'lanyard-conformance-'));
  const paths = localPaths(home);
  await mkdir(paths.state, { recursive: true, mode: 0o700 });
  const port = await freePort();
  const policy = { ...company.policy(port), relay: { port, keyInPath: true } };
  const file = join(home, 'policy.json');
  const removeHome = () => rm(home, { recursive: true, force: true });
  try {
    const agent = await startAgent({
      loaded: { policy: parsePolicy(JSON.stringify(policy), file), file, source: 'file' },
      paths,
      home,
      keyStore: insecureFileKeyStore(paths.insecureKey),
      log: createLog([]),
      program: { file: process.execPath, args: ['lanyard'] },
      env: {},
    });
    try {
      const { url } = await agent.acts.signIn({ method: 'browser' });
      const { username, password } = company.person;
      await signInByScript({ url, username, password });
      await settled(agent);
      const close = async () => {
        await agent.close();
        await removeHome();
      };
      return { home, connect: () => connect(agent), close };
    } catch (error) {
      await agent.close();
      throw error;
    }
  } catch (error) {
    await removeHome();
    throw error;
  }
}
