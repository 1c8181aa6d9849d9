import type { Duplex } from 'node:stream';
import type { Schedule } from '../../../shared/schedule.ts';
import type { CallRecord } from '../../journal/calls.ts';
import { errorMessage } from '../answers.ts';
import type { FallsBack } from '../falls-back.ts';
import { createLineFront, type LineFront } from '../front/line-front.ts';
import { createLineSplitter } from '../line-splitter.ts';
import type { Conversation, Responder } from '../mcp/responder.ts';
import { isResponse, memberOf, type RpcMessage, toMessage } from '../mcp/rpc.ts';
import { type OutgoingMessage, parseMessage } from '../message.ts';
import type { RelayedServer } from '../relayed-server.ts';
import { withoutHiddenTools } from '../rules/hidden-tools.ts';
import { judgeBodyAsking } from '../rules/judge-asking.ts';
import { createLegacyLine } from './legacy-line.ts';
import type { LineContext } from './line-context.ts';
import { createModernLine } from './modern-line.ts';
import { createOutlet, type Outlet } from './outlet.ts';
import { createWire } from './wire.ts';

/** What one stdio connection works with. */
export interface StdioRelayContext {
  /** Who connected, for the journal. */
  readonly client: string;
  readonly fallsBack: FallsBack;
  readonly record: (call: CallRecord) => void;
  readonly schedule: Schedule;
  /** Unguessable. */
  readonly newId: () => string;
}

/** What the lines of a connection go to. */
interface LineEnd {
  /** Resolves when the next line may be handled. */
  handle(line: string): Promise<void> | void;
  close(): void;
}

const NOT_A_MESSAGE = errorMessage(null, 'This line is not a JSON-RPC message.', 'not-json-rpc');

/** Reads a connection line by line, in turn. Resolves when either side has ended and everything is closed. */
function serveLines(outlet: Outlet, pipe: Duplex, end: LineEnd): Promise<void> {
  const { handle, close: closeEnd } = end;
  // Requests run side by side, but none may overtake a notification: "initialized" goes before "tools/list".
  let turn: Promise<unknown> = Promise.resolve();
  return new Promise((resolve) => {
    let closed = false;
    const close = () => {
      if (closed) return;
      closed = true;
      outlet.close();
      closeEnd();
      pipe.destroy();
      resolve();
    };
    const splitter = createLineSplitter();
    pipe.on('data', (chunk: Buffer) => {
      const lines = splitter.push(chunk);
      if (!lines) return close();
      for (const line of lines) turn = turn.then(() => handle(line)).catch(close);
    });
    pipe.on('end', close);
    pipe.on('close', close);
    pipe.on('error', close);
    pipe.resume();
  });
}

interface FrontContext {
  readonly responder: Responder;
  readonly conversation: Conversation;
  readonly outlet: Outlet;
  /** Responses that the client has already. */
  readonly unseen: Set<unknown>;
}

function openFront(
  { responder, conversation, outlet, unseen }: FrontContext,
  { newId, schedule }: StdioRelayContext,
): LineFront {
  const write = (message: RpcMessage) => {
    if (isResponse(message) && unseen.delete(message.id)) return;
    outlet.write(JSON.stringify(message));
  };
  return createLineFront({ responder, conversation, write, newId, schedule });
}

/** Serves one stdio client with whatever `responder` is: nothing of a message but its meaning is passed on. */
export function serveStdioFront(pipe: Duplex, responder: Responder, context: StdioRelayContext): Promise<void> {
  const conversation: Conversation = { id: `stdio:${context.newId()}`, client: context.client, transport: 'stdio' };
  const outlet = createOutlet(pipe);
  const front = openFront({ responder, conversation, outlet, unseen: new Set() }, context);
  return serveLines(outlet, pipe, {
    handle: (line) => {
      const message = parseMessage(line) && toMessage(JSON.parse(line));
      if (message) front.handle(message);
      else outlet.write(NOT_A_MESSAGE);
    },
    close: () => front.close(),
  });
}

/**
 * Serves one stdio client over `pipe`: every line in is posted to the server, every message of an answer is a line
 * out. Adds what only HTTP needs and nothing else. Where server and client share no revision, a front and a back take
 * over; where there is no grant, standby answers.
 */
export function serveStdio(pipe: Duplex, server: RelayedServer, context: StdioRelayContext): Promise<void> {
  const { client, fallsBack, record, schedule, newId } = context;
  const conversation: Conversation = { id: `stdio:${newId()}`, client, transport: 'stdio' };
  const { rules, tools } = server;
  const { title } = server.access.server;
  const outlet = createOutlet(pipe, rules && ((line) => withoutHiddenTools(line, rules)));
  const unseen = new Set<unknown>();
  let front: LineFront | undefined;
  const translating = () => {
    front ??= openFront({ responder: server.responder, conversation, outlet, unseen }, context);
    return front;
  };
  const lines: LineContext = {
    server,
    outlet,
    wire: createWire({ access: server.access, client, outlet, record, schedule }),
    schedule,
    translate: (message) => translating().handle(message),
    translateUnseen: (message) => {
      if ('method' in message && 'id' in message) unseen.add(message.id);
      translating().handle(message);
    },
    fallsBack: (params) => fallsBack.has(client, params),
  };
  const legacy = createLegacyLine(lines);
  const modern = createModernLine(lines);
  const judged = rules && { rules, title, toolOf: tools.of, refreshTools: tools.refresh };
  /** What the client gets instead, where the rules do not let a line pass. */
  const refusalOf = async (line: string): Promise<string | undefined> => {
    const verdict = judged && (await judgeBodyAsking(line, {}, judged));
    return verdict && verdict.kind !== 'pass' ? verdict.response : undefined;
  };
  const dispatch = (message: OutgoingMessage, line: string): Promise<void> | void => {
    if (message.cancels !== undefined) {
      if (modern.cancel(message.cancels)) return;
      if (front && !legacy.isOpen) return front.handle(JSON.parse(line));
      return legacy.handle(message, line);
    }
    if (message.revision !== undefined || message.method === 'server/discover') return modern.handle(message, line);
    if (message.method === 'initialize') fallsBack.sawInitialize(client, memberOf(JSON.parse(line), 'params'));
    return legacy.handle(message, line);
  };
  return serveLines(outlet, pipe, {
    handle: async (line) => {
      const message = parseMessage(line);
      if (!message) return outlet.write(NOT_A_MESSAGE);
      const refusal = await refusalOf(line);
      if (refusal === undefined) return dispatch(message, line);
      if (message.kind === 'request') outlet.write(refusal);
    },
    close: () => {
      legacy.close();
      front?.close();
    },
  });
}
