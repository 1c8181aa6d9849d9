import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from '../../../build/run.ts';
import { freePort } from '../ports.ts';

/** Between two looks whether the agent answers. */
const POLL_MS = 50;

/** An agent of its own home folder, run by the executable under test. */
export interface PackagedAgent {
  readonly pid: number;
  /** Everything it printed so far. */
  readonly printed: () => string;
  /** Output of the executable with these arguments, in the same home. */
  readonly lanyard: (...args: string[]) => Promise<string>;
}

/** A policy that is valid and leads nowhere: nobody signs in here. */
const policy = (port: number) => ({
  version: 1,
  company: 'Example',
  identityProvider: { issuer: 'http://127.0.0.1:9', clientId: 'lanyard' },
  servers: [],
  relay: { port },
});

/**
 * Starts an agent without keyring and session bus, waits until it answers, hands it to `use`, and ends it. The
 * environment holds nothing but a home folder, as when a desktop client starts it.
 */
export async function withAgent(
  executable: string,
  options: readonly string[],
  use: (agent: PackagedAgent) => Promise<void>,
): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'lanyard-packaged-'));
  const policyFile = join(home, 'policy.json');
  await writeFile(policyFile, JSON.stringify(policy(await freePort())), { mode: 0o600 });
  const env = { HOME: home };
  const child = spawn(executable, ['agent', '--policy', policyFile, ...options], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'exit');
  let printed = '';
  child.stderr.on('data', (chunk: Buffer) => {
    printed += chunk.toString('utf8');
  });
  try {
    while ((await run(executable, ['status'], { env })).code !== 0) {
      if (child.exitCode !== null) throw new Error(`The agent ended with code ${child.exitCode}: ${printed}`);
      await sleep(POLL_MS);
    }
    await use({
      pid: child.pid ?? 0,
      printed: () => printed,
      lanyard: async (...args) => (await run(executable, args, { env })).output,
    });
  } finally {
    child.kill();
    await ended;
    await rm(home, { recursive: true, force: true });
  }
}
