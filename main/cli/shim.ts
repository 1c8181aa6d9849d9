import type { Socket } from 'node:net';
import { LanyardError } from '../../shared/errors.ts';
import { agentNotAnswering, connectLocal } from '../../shared/local-connection.ts';
import type { LocalPaths } from '../../shared/paths.ts';
import { LineError, readLine } from '../../shared/read-line.ts';
import { GATEWAY, STDIO_PATH, STDIO_UPGRADE } from '../../shared/stdio-upgrade.ts';

// What a stdio client starts, often dozens of times: so this file and what it imports stay small. It knows nothing
// of MCP; the agent does.

/** The agent answers the upgrade from memory, in ms. */
const UPGRADE_TIMEOUT_MS = 5_000;
/** Longest line of the agent's answer, in bytes. */
const LINE_LIMIT_BYTES = 8 * 1024;
/** How often a shim looks whether its parent still lives, in ms. Closing stdin tells it sooner in all usual cases. */
const PARENT_CHECK_MS = 5_000;

/** What the shim works with. */
export interface ShimContext {
  readonly paths: LocalPaths;
  /** Starts the agent; called only when none answers. */
  readonly startAgent: () => Promise<unknown>;
  readonly err: (text: string) => void;
}

async function connectOrStart({ paths, startAgent }: ShimContext): Promise<Socket> {
  try {
    return await connectLocal(paths);
  } catch (error) {
    if (!(error instanceof LanyardError) || error.code !== 'agent-not-running') throw error;
    await startAgent();
    return connectLocal(paths);
  }
}

/** What keeps the shim from its work, and the exit code that says so. */
interface Refused {
  readonly sentence: string;
  readonly exitCode: number;
}

/** Exit codes as of every other command: it did not work; the server's name or the policy was wrong. */
const EXIT = { failed: 1, usage: 2 } as const;

/** Asks for the upgrade; `undefined` when it is granted, else why not. */
async function upgrade(socket: Socket, server: string, client: string | undefined): Promise<Refused | undefined> {
  const query = new URLSearchParams({ ...(server !== GATEWAY && { server }), ...(client !== undefined && { client }) });
  socket.write(
    `POST ${STDIO_PATH}?${query} HTTP/1.1\r\nHost: lanyard\r\nConnection: Upgrade\r\nUpgrade: ${STDIO_UPGRADE}\r\n\r\n`,
  );
  const line = () => readLine(socket, LINE_LIMIT_BYTES, UPGRADE_TIMEOUT_MS);
  const status = await line();
  while ((await line()) !== '\r');
  if (status.startsWith('HTTP/1.1 101 ')) return undefined;
  const chunks: Buffer[] = [];
  socket.resume();
  for await (const chunk of socket as AsyncIterable<Buffer>) chunks.push(chunk);
  const { message } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { message?: string };
  // The only thing that can be wrong with an upgrade of ours is the name.
  const exitCode = status.startsWith('HTTP/1.1 404 ') ? EXIT.usage : EXIT.failed;
  return { sentence: message ?? status, exitCode };
}

/** Moves bytes until either side ends or the parent is gone. */
function pump(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const parent = process.ppid;
    const watch = setInterval(() => {
      if (process.ppid !== parent) end();
    }, PARENT_CHECK_MS);
    watch.unref();
    const end = () => {
      clearInterval(watch);
      socket.destroy();
      resolve();
    };
    socket.on('close', end);
    socket.on('error', end);
    process.stdin.on('end', end);
    process.stdin.on('error', end);
    process.stdout.on('error', end);
    socket.pipe(process.stdout);
    process.stdin.pipe(socket);
  });
}

/**
 * `lanyard stdio [server]`: connects stdin and stdout to the agent, starting it if need be. Nothing but MCP is ever
 * written to stdout.
 *
 * @param server its name, or {@link GATEWAY}.
 * @returns the exit code.
 */
export async function runShim(server: string, client: string | undefined, context: ShimContext): Promise<number> {
  try {
    const socket = await connectOrStart(context);
    const refused = await upgrade(socket, server, client);
    if (refused !== undefined) {
      context.err(`lanyard: ${refused.sentence}\n`);
      return refused.exitCode;
    }
    await pump(socket);
    return 0;
  } catch (error) {
    const told = error instanceof LineError ? agentNotAnswering(error) : error;
    const isPolicy = told instanceof LanyardError && told.code.startsWith('policy-');
    const more = isPolicy ? `\n(${told.administrator})` : '';
    context.err(`lanyard: ${told instanceof LanyardError ? told.user : String(told)}${more}\n`);
    return isPolicy ? EXIT.usage : EXIT.failed;
  }
}
