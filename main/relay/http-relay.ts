import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LanyardError } from '../../shared/errors.ts';
import { type CallRecord, describeMessage } from '../journal/calls.ts';
import { isOtherUser } from '../loopback/peer-owner.ts';
import { type AdmissionContext, type Admitted, admit, OTHER_USER } from './admission.ts';
import { AMBIGUOUS_SESSION, type Answer, MCP_SESSION_GONE, NO_BODY, refusalAnswer, TOO_LARGE } from './answers.ts';
import { chooseWay } from './choose-way.ts';
import { relayDirectly } from './direct-call.ts';
import type { Door } from './door.ts';
import type { FallsBack } from './falls-back.ts';
import type { HttpFront } from './front/http-front.ts';
import { guardRequest, type Refusal } from './guard.ts';
import { MESSAGE_LIMIT_BYTES } from './mcp/message-limit.ts';
import { mcpSessionIdOf } from './mcp-session-id.ts';
import type { McpSessionOwners } from './mcp-session-owners.ts';
import type { OpenResponses } from './open-responses.ts';
import { type Opening, readOpening } from './opening.ts';
import type { RelayedServer } from './relayed-server.ts';
import { readBody } from './request-body.ts';
import { judgeBodyAsking } from './rules/judge-asking.ts';
import { ruledHeaders } from './rules/ruled-headers.ts';
import { answerInPlace } from './standby/http-standby.ts';
import { isOwnBusiness } from './standby/own-business.ts';

/** What the HTTP relay works with. */
export interface HttpRelayContext extends AdmissionContext {
  readonly gateway: () => Promise<HttpFront>;
  readonly owners: McpSessionOwners;
  readonly responses: OpenResponses;
  readonly fallsBack: FallsBack;
  /** Addresses that browsers open. */
  readonly door: Door;
  readonly record: (call: CallRecord) => void;
}

interface Turn {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly client: string;
  readonly body: Buffer | IncomingMessage | null;
}

function reply(response: ServerResponse, { status, headers, body }: Answer): void {
  if (response.headersSent || response.destroyed) response.destroy();
  else response.writeHead(status, headers).end(body);
}

const refuse = (response: ServerResponse, refusal: Refusal) => reply(response, refusalAnswer(refusal));

/** Hands a request to a front, which has to see it whole. */
async function toFront(front: () => Promise<HttpFront>, { request, response, client, body }: Turn): Promise<void> {
  const whole = body === null || Buffer.isBuffer(body) ? body : await readBody(body, MESSAGE_LIMIT_BYTES);
  if (whole !== null && !Buffer.isBuffer(whole)) {
    request.resume();
    return refuse(response, TOO_LARGE);
  }
  await (await front()).handle(request, response, whole, client);
}

// What lasts has to outlive the outage: clients neither initialise anew nor listen again as reliably as they should.
const LASTING: ReadonlySet<unknown> = new Set(['initialize', 'subscriptions/listen']);

/** Answers what the server did not: a single request by itself, what begins something lasting by a front. */
function inPlace(server: RelayedServer, turn: Turn, opening: Opening | undefined) {
  const { request, response, client, body } = turn;
  const { method = 'POST', headers } = request;
  const held = Buffer.isBuffer(body) ? body : null;
  return (error: LanyardError): void => {
    server.standby.onUnanswered?.({ client, ...describeMessage(held) }, error);
    if (held && LASTING.has(opening?.method ?? headers['mcp-method'])) translate(server, turn);
    else
      answerInPlace({ method, headers, body: held }, response, {
        facts: server.standby.facts(error),
        onReturn: server.standby.onReturn,
      });
  };
}

const translate = (server: RelayedServer, turn: Turn): void =>
  void toFront(server.translation, turn).catch(() => turn.response.destroy());

/** Judges a body by the server's tool rules; answers the client itself where it may not go on. */
async function keepsRules(
  { access, rules, tools }: RelayedServer,
  { request, response, client, body }: Turn,
  record: HttpRelayContext['record'],
): Promise<boolean> {
  if (!rules || body === null) return true;
  if (!Buffer.isBuffer(body)) {
    request.resume();
    refuse(response, TOO_LARGE);
    return false;
  }
  const startedAt = performance.now();
  const { name, title } = access.server;
  const context = { rules, title, toolOf: tools.of, refreshTools: tools.refresh };
  const verdict = await judgeBodyAsking(body, ruledHeaders(request.rawHeaders), context);
  if (verdict.kind === 'pass') return true;
  const { status, response: answer } = verdict;
  reply(response, { status, headers: { 'content-type': 'application/json' }, body: answer });
  record({
    client,
    server: name,
    transport: 'http',
    verb: request.method ?? 'POST',
    ...describeMessage(body),
    status,
    durationMs: performance.now() - startedAt,
    requestBytes: body.length,
    responseBytes: Buffer.byteLength(answer),
    ...(verdict.kind === 'refused' && { refused: verdict.reason }),
  });
  return false;
}

async function serveServer(server: RelayedServer, turn: Turn, context: HttpRelayContext): Promise<void> {
  const { owners, fallsBack, record } = context;
  const { request, client, body } = turn;
  const held = Buffer.isBuffer(body) ? body : null;
  const revision = request.headers['mcp-protocol-version'];
  const id = mcpSessionIdOf(request.rawHeaders);
  if (id === 'ambiguous') return refuse(turn.response, AMBIGUOUS_SESSION);
  const opening = id === undefined ? readOpening(held) : undefined;
  if (opening?.method === 'initialize') fallsBack.sawInitialize(client, opening.params);
  const way = chooseWay(
    {
      verb: request.method ?? 'POST',
      mcpSessionId: id,
      revision: typeof revision === 'string' ? revision : undefined,
      opens: opening?.method,
      fallsBack: () => fallsBack.has(client, opening?.params),
      isForeignSession: (session) => owners.isForeign(server.access.server.name, session),
    },
    server.access.traits,
  );
  if (way.kind === 'gone') return refuse(turn.response, MCP_SESSION_GONE);
  if (way.kind !== 'direct' || isOwnBusiness(request.headers, held)) return toFront(server.translation, turn);
  if (server.rules && !(await keepsRules(server, turn, record))) return;
  relayDirectly(
    { ...turn, server, opening, look: way.look },
    {
      record,
      openedSession: (session) => owners.opened(server.access.server.name, session),
      translate: () => translate(server, turn),
      answerInPlace: inPlace(server, turn, opening),
    },
  );
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  { client, target }: Admitted,
  context: HttpRelayContext,
): Promise<void> {
  // What the rules judge, and the gateway understands, has to be seen whole.
  const isWhole = target === 'gateway' || target.rules !== undefined;
  const body = await readBody(request, isWhole ? MESSAGE_LIMIT_BYTES : undefined);
  if (body !== null && request.method !== 'POST') {
    request.resume();
    refuse(response, NO_BODY);
    return;
  }
  if (target === 'gateway') {
    return toFront(context.gateway, { request, response, client, body });
  }
  return serveServer(target, { request, response, client, body }, context);
}

/** A browser's visit, which needs no key: the guard keeps web pages out, and the address itself is beyond guessing. */
function visit({ method, url = '', socket, headers }: IncomingMessage, { door, port }: HttpRelayContext) {
  if (method !== 'GET') return undefined;
  const { host, origin, 'sec-fetch-mode': mode = 'navigate' } = headers;
  // A picture in a page, or a preview of a link, is nobody's click.
  if (mode !== 'navigate' || 'purpose' in headers || 'sec-purpose' in headers) return undefined;
  const refusal = guardRequest({ remoteAddress: socket.remoteAddress, host, origin, port: port() });
  return refusal ? undefined : door(url);
}

/** Handles every request of the relay's listener: guard, route, key, then the way that {@link chooseWay} says. */
export function createHttpRelay(context: HttpRelayContext) {
  const handle = (request: IncomingMessage, response: ServerResponse, isOther: boolean): void => {
    const visited = isOther ? undefined : visit(request, context);
    if (visited) {
      visited.then((answer) => reply(response, answer)).catch(() => response.destroy());
      return;
    }
    const admitted = isOther ? OTHER_USER : admit(request, context);
    if ('status' in admitted) {
      refuse(response, admitted);
      return;
    }
    context.responses.add(admitted.client, response);
    serve(request, response, admitted, context).catch(() => response.destroy());
  };
  return (request: IncomingMessage, response: ServerResponse): void => {
    const isOther = isOtherUser(request.socket);
    if (typeof isOther === 'boolean') handle(request, response, isOther);
    else
      isOther
        // Whoever left meanwhile asked for nothing.
        .then((known) => request.socket.destroyed || handle(request, response, known))
        .catch(() => response.destroy());
  };
}
