import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { connectionPlanRequestSchema } from '../../shared/app-views.ts';
import { appKindSchema } from '../../shared/client-kinds.ts';
import { LanyardError, problemOf } from '../../shared/errors.ts';
import {
  type AgentState,
  addClientRequestSchema,
  type Doctor,
  type Headers,
  type HeadersRequest,
  headersRequestSchema,
  LOCAL_API_VERSION,
  LOCAL_BODY_LIMIT_BYTES,
  type NetworkEvent,
  networkEventSchema,
  type PowerEvent,
  powerEventSchema,
  type SignedOut,
  type SignInRequest,
  type SignInView,
  signInRequestSchema,
} from '../../shared/local-api.ts';
import type { ClientActs } from './client-acts.ts';
import type { JournalActs } from './journal-routes.ts';

/** What the Local API can ask of the agent. */
export interface AgentActs extends ClientActs, JournalActs {
  state(): AgentState;
  /** Calls back after every change; gives what ends that. */
  subscribe(listener: (state: AgentState) => void): () => void;
  signIn(request: SignInRequest): Promise<SignInView>;
  cancelSignIn(): void;
  signOut(): Promise<SignedOut>;
  /** The system's desktop programs were told that it sleeps or woke. */
  power(event: PowerEvent): void;
  /** The same of the network. */
  network(event: NetworkEvent): void;
  retry(server: string): Promise<void>;
  headers(request: HeadersRequest): Promise<Headers>;
  doctor(): Promise<Doctor>;
}

function badRequest(detail: string): LanyardError {
  return new LanyardError({
    code: 'bad-request',
    user: 'Lanyard did not understand this program. Are both of the same version?',
    administrator: `Local API: ${detail}.`,
  });
}

async function readBody<T>(request: IncomingMessage, schema: z.ZodType<T>): Promise<T> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LOCAL_BODY_LIMIT_BYTES) throw badRequest(`a body of more than ${LOCAL_BODY_LIMIT_BYTES} bytes`);
    chunks.push(chunk);
  }
  let document: unknown;
  try {
    document = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw badRequest('a body that is not JSON');
  }
  const result = schema.safeParse(document);
  if (!result.success) throw badRequest(z.prettifyError(result.error));
  return result.data;
}

type Handler = (request: IncomingMessage, parameter: string) => Promise<unknown>;

async function plan(acts: AgentActs, request: IncomingMessage, name: string): Promise<unknown> {
  const kind = appKindSchema.safeParse(name);
  if (!kind.success) throw badRequest(`no app "${name}"`);
  return acts.planConnection(kind.data, await readBody(request, connectionPlanRequestSchema));
}

function routes(acts: AgentActs): readonly (readonly [string, RegExp, Handler])[] {
  const thenState = async (act: void | Promise<void>) => {
    await act;
    return acts.state();
  };
  return [
    ['GET', /^\/state$/, async () => acts.state()],
    ['GET', /^\/doctor$/, () => acts.doctor()],
    ['GET', /^\/journal$/, async () => acts.journal()],
    ['GET', /^\/servers\/([a-z][a-z0-9-]{0,19})\/tools$/, (_, name) => acts.serverTools(name)],
    ['POST', /^\/sign-in$/, async (request) => acts.signIn(await readBody(request, signInRequestSchema))],
    ['DELETE', /^\/sign-in$/, () => thenState(acts.cancelSignIn())],
    ['POST', /^\/sign-out$/, () => acts.signOut()],
    ['POST', /^\/power$/, async (request) => thenState(acts.power(await readBody(request, powerEventSchema)))],
    ['POST', /^\/network$/, async (request) => thenState(acts.network(await readBody(request, networkEventSchema)))],
    ['POST', /^\/servers\/([a-z][a-z0-9-]{0,19})\/retry$/, (_, name) => thenState(acts.retry(name))],
    ['POST', /^\/clients$/, async (request) => acts.addClient(await readBody(request, addClientRequestSchema))],
    ['GET', /^\/apps$/, async () => acts.apps()],
    ['POST', /^\/apps\/([a-z-]{1,40})\/plan$/, (request, kind) => plan(acts, request, kind)],
    ['POST', /^\/headers$/, async (request) => acts.headers(await readBody(request, headersRequestSchema))],
    ['DELETE', /^\/clients\/([a-z0-9-]{1,40})$/, (_, id) => thenState(acts.removeClient(id))],
  ];
}

function json(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response
    .writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
    .end(text);
}

function streamStates(response: ServerResponse, acts: AgentActs): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  const send = (state: AgentState) => {
    // A reader that has stopped reading gets the newest state once it goes on, not every one in between.
    if (!response.writableNeedDrain) response.write(`data: ${JSON.stringify(state)}\n\n`);
  };
  response.on('drain', () => send(acts.state()));
  const end = acts.subscribe(send);
  response.on('close', end);
  send(acts.state());
}

/** Answers the Local API; the contract is shared/local-api.ts. Peers have proved themselves by the hello. */
export function createLocalApi(acts: AgentActs) {
  const table = routes(acts);
  const prefix = `/v${LOCAL_API_VERSION}`;
  return (request: IncomingMessage, response: ServerResponse): void => {
    const path = request.url?.startsWith(`${prefix}/`) ? request.url.slice(prefix.length) : '';
    if (request.method === 'GET' && path === '/events') {
      streamStates(response, acts);
      return;
    }
    if (request.method === 'GET' && path === '/journal/events') {
      acts.followJournal(response);
      return;
    }
    if (request.method === 'POST' && path === '/stop') {
      // The connection ends with the agent: first the answer has to be out.
      response.once('close', acts.stop);
      json(response, 200, acts.state());
      return;
    }
    const found = table.find(([method, pattern]) => method === request.method && pattern.test(path));
    if (!found) {
      json(response, 404, { problem: badRequest(`no ${request.method} ${request.url}`).problem });
      return;
    }
    const [, pattern, handler] = found;
    handler(request, pattern.exec(path)?.[1] ?? '').then(
      (answer) => json(response, 200, answer),
      (error: unknown) => {
        const problem = problemOf(error);
        json(response, problem.code === 'internal' ? 500 : 400, { problem });
      },
    );
  };
}
