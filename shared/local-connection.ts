import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { LanyardError } from './errors.ts';
import {
  clientHello,
  createHello,
  HELLO_LINE_LIMIT_BYTES,
  HELLO_VERSION,
  type HelloVersion,
  helloProof,
  isProof,
  LOCAL_TOKEN,
  OLDER_HELLO_VERSION,
  parseAgentHello,
} from './local-hello.ts';
import type { LocalPaths } from './paths.ts';
import { LineError, readLine } from './read-line.ts';

/** The agent answers the hello from memory; one that needs longer than this hangs. */
const HELLO_TIMEOUT_MS = 5_000;

/** The agent is not running for this person (`agent-not-running`). */
export function agentNotRunning(cause?: unknown): LanyardError {
  return new LanyardError({
    code: 'agent-not-running',
    user: 'Lanyard is not running. The Lanyard app starts it, and so does signing in: lanyard login',
    administrator: 'Nothing answers on the agent socket. The agent should be started at login.',
    cause,
  });
}

/** Something holds the agent's socket but falls silent or hangs up (`agent-not-answering`). */
export function agentNotAnswering(cause?: unknown): LanyardError {
  return new LanyardError({
    code: 'agent-not-answering',
    user: 'Lanyard does not answer. Wait a moment; if it stays, restart it.',
    administrator: 'The program behind the agent socket was silent or closed the connection before it had answered.',
    cause,
  });
}

function untrusted(detail: string, cause?: unknown): LanyardError {
  return new LanyardError({
    code: 'agent-untrusted',
    user: 'Something that is not Lanyard answers in its place. Nothing was sent to it. Tell your administrator.',
    administrator: `The program behind the agent socket did not prove that it can read the local token: ${detail}.`,
    cause,
  });
}

async function open(path: string): Promise<Socket> {
  const socket = connect(path);
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  return socket;
}

/** Whether anything accepts connections on the agent's socket, whoever it is; nothing is sent. */
export async function isSocketTaken({ socket: path }: Pick<LocalPaths, 'socket'>): Promise<boolean> {
  try {
    (await open(path)).destroy();
    return true;
  } catch {
    return false;
  }
}

/** The agent hung up before it had said hello, as an older one does that does not know our version. */
class HungUp extends Error {
  override readonly name = 'HungUp';
}

const notRunning = (cause: unknown) => {
  throw agentNotRunning(cause);
};

/** Reads the agent's line. Silence and a lost connection say nothing about who is there. */
async function agentLine(socket: Socket): Promise<string> {
  try {
    return await readLine(socket, HELLO_LINE_LIMIT_BYTES, HELLO_TIMEOUT_MS);
  } catch (cause) {
    if (!(cause instanceof LineError) || cause.reason === 'closed') throw new HungUp(undefined, { cause });
    throw cause.reason === 'too-long' ? untrusted('its hello does not end', cause) : agentNotAnswering(cause);
  }
}

/** Does the client's side of the hello on a new connection. */
async function greet(path: string, localToken: string, version: HelloVersion): Promise<Socket> {
  const socket = await open(path).catch(notRunning);
  try {
    const client = createHello(version);
    socket.write(clientHello(client));
    const answer = parseAgentHello(await agentLine(socket));
    // Nobody who speaks our version answers in another one.
    if (answer?.hello.version !== version) throw untrusted('its hello is not one');
    const hellos = { client, agent: answer.hello };
    if (!isProof(answer.proof, helloProof(localToken, 'agent', hellos))) throw untrusted('its proof is wrong');
    socket.write(`${helloProof(localToken, 'client', hellos)}\n`);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/**
 * Connects to the agent and proves on both sides that we read the same private file (see local-hello.ts). Agents that
 * are one version of the hello behind are spoken to in theirs. The socket comes back paused, ready for HTTP; the caller
 * closes it.
 *
 * @throws {LanyardError} `agent-not-running`, `agent-not-answering` or `agent-untrusted`.
 */
export async function connectLocal(paths: LocalPaths): Promise<Socket> {
  // The token first: without it no connection is opened, so none can be left behind.
  const localToken = await readFile(paths.localToken, 'latin1').catch(notRunning);
  // Under an empty key anybody's proof is right.
  if (!LOCAL_TOKEN.test(localToken)) throw agentNotRunning();
  const hungUp = (error: unknown) => {
    throw error instanceof HungUp ? agentNotAnswering(error.cause) : error;
  };
  return greet(paths.socket, localToken, HELLO_VERSION).catch((error: unknown) => {
    if (!(error instanceof HungUp)) throw error;
    return greet(paths.socket, localToken, OLDER_HELLO_VERSION).catch(hungUp);
  });
}
