import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { createParser } from 'eventsource-parser';
import type { z } from 'zod';
import { LanyardError } from './errors.ts';
import { type JournalNews, journalNewsSchema } from './journal-views.ts';
import {
  type AgentState,
  agentStateSchema,
  failureSchema,
  LOCAL_API_VERSION,
  LOCAL_BODY_LIMIT_BYTES,
  type SignedOut,
} from './local-api.ts';
import { agentNotRunning, connectLocal } from './local-connection.ts';
import type { LocalPaths } from './paths.ts';
import { isLoopbackHost, isSecureUrl } from './urls.ts';

/** How a Local API call is made. */
export interface LocalCall<T> {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Path below `/v1`, such as `/state`. */
  readonly path: string;
  readonly body?: unknown;
  /** What the answer must look like. */
  readonly answer: z.ZodType<T>;
  readonly signal?: AbortSignal;
}

function badAnswer(path: string, cause?: unknown): LanyardError {
  return new LanyardError({
    code: 'local-api-answer',
    user: 'Lanyard gave an answer this program does not understand. Restart Lanyard, and update it if that does not help.',
    administrator: `The agent's answer to ${path} does not match the Local API contract; are both of one version?`,
    cause,
  });
}

/** A connection that breaks means that the agent has ended, unless we gave up ourselves. */
function broken(cause: unknown, signal: AbortSignal | undefined): unknown {
  return signal?.aborted ? cause : agentNotRunning(cause);
}

async function send(
  paths: LocalPaths,
  { method, path, body, signal }: Omit<LocalCall<unknown>, 'answer'>,
): Promise<IncomingMessage> {
  const socket = await connectLocal(paths);
  const text = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const outgoing: ClientRequest = request({
      createConnection: () => socket,
      method,
      path: `/v${LOCAL_API_VERSION}${path}`,
      headers: {
        host: 'lanyard',
        ...(text !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
      },
      ...(signal && { signal }),
    });
    // It comes paused from the hello; by now HTTP listens to it.
    outgoing.once('socket', () => socket.resume());
    outgoing.once('response', resolve);
    outgoing.once('error', (cause) => reject(broken(cause, signal)));
    outgoing.end(text);
  });
}

async function readText(response: IncomingMessage, { path, signal }: LocalCall<unknown>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > LOCAL_BODY_LIMIT_BYTES) throw badAnswer(path);
      chunks.push(chunk);
    }
  } catch (cause) {
    throw cause instanceof LanyardError ? cause : broken(cause, signal);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse<T>(schema: z.ZodType<T>, text: string, path: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw badAnswer(path, cause);
  }
}

/**
 * One request to the agent.
 *
 * @throws {LanyardError} the agent's own problem, or `agent-not-running`, `agent-not-answering`, `agent-untrusted`, `local-api-answer`.
 */
export async function callLocal<T>(paths: LocalPaths, call: LocalCall<T>): Promise<T> {
  const response = await send(paths, call);
  const text = await readText(response, call);
  if (response.statusCode !== 200) throw new LanyardError(parse(failureSchema, text, call.path).problem);
  return parse(call.answer, text, call.path);
}

/** The events of one stream, as many at a time as came together, until `signal` or the agent ends it. */
async function* watchEvents<T>(
  paths: LocalPaths,
  path: string,
  schema: z.ZodType<T>,
  signal?: AbortSignal,
): AsyncGenerator<readonly T[], void, undefined> {
  const response = await send(paths, { method: 'GET', path, ...(signal && { signal }) }).catch((error: unknown) => {
    if (!signal?.aborted) throw error;
  });
  if (!response) return;
  let events: T[] = [];
  const parser = createParser({ onEvent: ({ data }) => events.push(parse(schema, data, path)) });
  try {
    response.setEncoding('utf8');
    for await (const text of response as AsyncIterable<string>) {
      parser.feed(text);
      const came = events;
      events = [];
      if (came.length > 0) yield came;
    }
  } catch (error) {
    // A connection that breaks off is the agent's end too; only an answer that nobody understands is an error.
    if (error instanceof LanyardError && !signal?.aborted) throw error;
  } finally {
    response.destroy();
  }
}

/** The agent's state: the present one at once, then one after every change, until `signal` or the agent ends it. */
export async function* watchState(
  paths: LocalPaths,
  signal?: AbortSignal,
): AsyncGenerator<AgentState, void, undefined> {
  for await (const states of watchEvents(paths, '/events', agentStateSchema, signal)) {
    // Only the newest state matters; a slow reader does not fall behind.
    const newest = states.at(-1);
    if (newest) yield newest;
  }
}

/**
 * News of the journal, a few times a second at most, until `signal` or the agent ends it. The first one comes at once
 * and holds no entries: whoever asks for `GET /v1/journal` after it misses nothing, but may see entries twice, and knows
 * them by their ids.
 */
export async function* watchJournal(
  paths: LocalPaths,
  signal?: AbortSignal,
): AsyncGenerator<JournalNews, void, undefined> {
  for await (const news of watchEvents(paths, '/journal/events', journalNewsSchema, signal)) yield* news;
}

/**
 * Where a browser ends the session at the IdP too, from the answer to a sign-out; `undefined` where that is not
 * offered. The agent promises an address of this machine. Nothing else is handed to a browser.
 *
 * @throws {LanyardError} `sign-out-address`; the person is signed out on this machine all the same.
 */
export function endSessionAddress({ endSessionUrl: address, state }: SignedOut): string | undefined {
  if (address === undefined) return undefined;
  if (isSecureUrl(address)) {
    const { protocol, hostname } = new URL(address);
    if (protocol === 'http:' && isLoopbackHost(hostname)) return address;
  }
  const { identityProvider } = state.company;
  throw new LanyardError({
    code: 'sign-out-address',
    user: `You are signed out on this computer, but not at ${identityProvider}: Lanyard did not open the page for that, since its address is not a safe one. Tell your administrator.`,
    administrator: 'The address that ends the session at the identity provider must be http on this machine.',
  });
}
