import { isSea } from 'node:sea';
import { localPaths } from '../shared/paths.ts';
import { GATEWAY } from '../shared/stdio-upgrade.ts';

// The one program: agent, command line and shim. Each part is loaded only when it is the one that was asked for, so
// that a shim starts in the time of a bare Node.

const paths = localPaths();
// Whoever read our output may be gone (a pipe into "head", a closed terminal): no reason to break off, least of all
// for the agent.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

const err = (text: string) => void process.stderr.write(text);

/** How to start this program again: the executable alone, or Node with the file it runs. */
const program = { file: process.execPath, args: isSea() ? [] : [process.argv[1] ?? ''] };

const checkPolicy = async (file?: string) => (await import('./agent/check-policy.ts')).checkPolicy(file);

async function startAgent(): Promise<unknown> {
  const { ensureAgent } = await import('../shared/agent-process.ts');
  return ensureAgent(paths, { file: program.file, args: [...program.args, 'agent'] }).catch(async (error: unknown) => {
    // Most often it is the policy, and then there is more to say.
    await checkPolicy();
    throw error;
  });
}

async function runShim(server: string, client: string | undefined): Promise<number> {
  const shim = await import('./cli/shim.ts');
  return shim.runShim(server, client, { paths, startAgent, err });
}

async function runCommandLine(args: readonly string[]): Promise<number> {
  const { runCommandLine: run } = await import('./cli/program.ts');
  const interrupted = new AbortController();
  // Only login has something to take back first; everything else ends at once, as any program does.
  if (args[0] === 'login') process.once('SIGINT', () => interrupted.abort());
  return run(args, {
    paths,
    program,
    out: (text) => void process.stdout.write(text),
    err,
    signal: interrupted.signal,
    runAgent: async (options) => (await import('./agent/run.ts')).runAgent({ ...options, program }),
    checkPolicy,
    runShim,
  });
}

const args = process.argv.slice(2);
const [command, ...given] = args;
// The forms that our own entries have skip the command line's parser; every other form goes through it.
const server = given[0] === undefined || given[0].startsWith('-') ? GATEWAY : given.shift();
const [flag, client, ...rest] = given;
const isOwnEntry =
  command === 'stdio' &&
  server !== undefined &&
  rest.length === 0 &&
  (flag === undefined || (flag === '--client' && client !== undefined));
process.exitCode = isOwnEntry ? await runShim(server, client) : await runCommandLine(args);
// stdin may be open still, and keep the process alive, after the shim's socket has closed.
if (command === 'stdio') process.exit();
