import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { LanyardError } from './errors.ts';
import {
  clientHello,
  HELLO_LINE_LIMIT_BYTES,
  helloProof,
  isProof,
  NONCE_BYTES,
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
    user: 'Lanyard is not running. Start it with: lanyard agent',
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

/**
 * Connects to the agent and proves on both sides that we read the same private file (see local-hello.ts). The
 * socket comes back paused, ready for HTTP; the caller closes it.
 *
 * @throws {LanyardError} `agent-not-running`, `agent-not-answering` or `agent-untrusted`.
 */
export async function connectLocal(paths: LocalPaths): Promise<Socket> {
  const nonce = randomBytes(NONCE_BYTES).toString('base64url');
  const notRunning = (cause: unknown) => {
    throw agentNotRunning(cause);
  };
  // The token first: without it no connection is opened, so none can be left behind.
  const localToken = await readFile(paths.localToken, 'latin1').catch(notRunning);
  const socket = await open(paths.socket).catch(notRunning);
  try {
    socket.write(clientHello(nonce));
    const answer = parseAgentHello(await readLine(socket, HELLO_LINE_LIMIT_BYTES, HELLO_TIMEOUT_MS));
    if (!answer) throw untrusted('its hello is not one');
    const nonces = { client: nonce, agent: answer.nonce };
    if (!isProof(answer.proof, helloProof(localToken, 'agent', nonces))) throw untrusted('its proof is wrong');
    socket.write(`${helloProof(localToken, 'client', nonces)}\n`);
    return socket;
  } catch (cause) {
    socket.destroy();
    if (cause instanceof LanyardError) throw cause;
    // Silence and a lost connection say nothing about who is there; an agent that hangs or just ends does the same.
    const isWrong = cause instanceof LineError && cause.reason === 'too-long';
    throw isWrong ? untrusted('its hello does not end', cause) : agentNotAnswering(cause);
  }
}
