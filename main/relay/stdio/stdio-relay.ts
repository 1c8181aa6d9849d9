import type { Duplex } from 'node:stream';
import type { Schedule } from '../../../shared/schedule.ts';
import type { CallRecord } from '../../journal/calls.ts';
import type { FallsBack } from '../falls-back.ts';
import type { Conversation, Responder } from '../mcp/responder.ts';
import { memberOf, type RpcMessage } from '../mcp/rpc.ts';
import { type OutgoingMessage, parseMessage } from '../message.ts';
import type { RelayedServer } from '../relayed-server.ts';
import { withoutHiddenTools } from '../rules/hidden-tools.ts';
import { statusLine } from '../standby/line-standby.ts';
import { isOwnLine } from '../standby/own-business.ts';
import { createLegacyLine } from './legacy-line.ts';
import type { LineContext } from './line-context.ts';
import { createLineRules } from './line-rules.ts';
import { createLineTranslation, NOT_A_MESSAGE } from './line-translation.ts';
import { createModernLine } from './modern-line.ts';
import { createOutlet } from './outlet.ts';
import { serveLines } from './serve-lines.ts';
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

const conversationOf = ({ client, newId }: StdioRelayContext): Conversation => ({
  id: `stdio:${newId()}`,
  client,
  transport: 'stdio',
});

/**
 * Serves one stdio client with whatever `responder` is: nothing of a message but its meaning is passed on. Resolves when
 * either side has ended and everything is closed.
 */
export function serveStdioFront(pipe: Duplex, responder: Responder, context: StdioRelayContext): Promise<void> {
  const { newId, schedule } = context;
  const outlet = createOutlet(pipe);
  const lines = serveLines(outlet, pipe);
  const front = createLineTranslation({ responder, conversation: conversationOf(context), outlet, newId, schedule });
  lines.read({
    handle: (line) => (parseMessage(line) ? front.handle(line) : outlet.write(NOT_A_MESSAGE)),
    close: front.close,
  });
  return lines.over;
}

/**
 * Serves one stdio client over `pipe`: every line in is posted to the server, every message of an answer is a line
 * out. Adds what only HTTP needs and nothing else. Where server and client share no revision, a front and a back take
 * over; where there is no grant, standby answers. Resolves when either side has ended and everything is closed.
 */
export function serveStdio(pipe: Duplex, server: RelayedServer, context: StdioRelayContext): Promise<void> {
  const { client, fallsBack, record, schedule, newId } = context;
  const { rules, responder, access } = server;
  const outlet = createOutlet(pipe, rules && ((line) => withoutHiddenTools(line, rules)));
  const connection = serveLines(outlet, pipe);
  const wire = createWire({ access, client, outlet, record, schedule });
  const translation = createLineTranslation({
    responder,
    conversation: conversationOf(context),
    outlet,
    newId,
    schedule,
  });
  const lines: LineContext = {
    server,
    client,
    outlet,
    wire,
    schedule,
    translate: translation.handle,
    translateUnseen: translation.handleUnseen,
    fallsBack: (params) => fallsBack.has(client, params),
    run: connection.run,
  };
  const legacy = createLegacyLine(lines);
  const modern = createModernLine({ ...lines, translateBegun: translation.handleBegun });
  const refusalOf = createLineRules(server, { client, record });

  const cancel = (message: OutgoingMessage, line: string): Promise<void> | void => {
    if (message.cancels !== undefined && modern.cancel(message.cancels)) return;
    // Whoever does not know the request does nothing.
    if (translation.isOpen) translation.handle(line);
    if (message.revision !== undefined) return;
    if (legacy.isOpen || (!translation.isOpen && !modern.isUsed)) return legacy.handle(message, line);
  };
  const dispatch = (message: OutgoingMessage, line: string): Promise<void> | void => {
    if (message.method === 'notifications/cancelled') return cancel(message, line);
    if (message.revision !== undefined && isOwnLine(message, line)) return translation.handle(line);
    if (message.revision !== undefined || message.method === 'server/discover') return modern.handle(message, line);
    if (message.method === 'initialize') fallsBack.sawInitialize(client, memberOf(JSON.parse(line), 'params'));
    return legacy.handle(message, line);
  };

  connection.read({
    handle: async (line) => {
      const message = parseMessage(line);
      if (!message) return outlet.write(NOT_A_MESSAGE);
      const told =
        message.kind === 'request' && isOwnLine(message, line)
          ? statusLine(JSON.parse(line) as RpcMessage, server.standby.facts)
          : undefined;
      if (told) return outlet.write(JSON.stringify(told));
      const refusal = await refusalOf(line);
      if (refusal === undefined) return dispatch(message, line);
      // Only a request waits for an answer.
      if (message.kind === 'request') outlet.write(refusal);
    },
    close: () => {
      wire.close();
      legacy.close();
      translation.close();
    },
  });
  return connection.over;
}
