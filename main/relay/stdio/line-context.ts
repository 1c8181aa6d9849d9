import type { Schedule } from '../../../shared/schedule.ts';
import { errorMessage } from '../answers.ts';
import { isResponse, parseRpc, type RpcError, type RpcMessage } from '../mcp/rpc.ts';
import type { OutgoingMessage } from '../message.ts';
import type { RelayedServer } from '../relayed-server.ts';
import { answerLine } from '../standby/line-standby.ts';
import type { StdioAnswer } from '../stdio-answer.ts';
import type { Outlet } from './outlet.ts';
import type { Wire } from './wire.ts';

/** What both eras of one stdio connection share. */
export interface LineContext {
  readonly server: RelayedServer;
  readonly outlet: Outlet;
  readonly wire: Wire;
  readonly schedule: Schedule;
  /** Takes over a message of a client whose era the server does not speak. */
  readonly translate: (message: RpcMessage) => void;
  /** As {@link LineContext.translate}, for messages whose answer the client has already. */
  readonly translateUnseen: (message: RpcMessage) => void;
  /** Whether this client goes on with `initialize` if its `server/discover` fails. */
  readonly fallsBack: (params: unknown) => boolean;
}

/** Writes what a request gets that no response came for, so that its client does not wait for ever. Gives the line. */
export function settleUnanswered(
  { server, outlet }: Pick<LineContext, 'server' | 'outlet'>,
  message: OutgoingMessage,
  line: string,
  { status, fault }: Pick<StdioAnswer, 'status' | 'fault'>,
): string {
  const { id = null } = message;
  const inPlace = fault && answerLine(JSON.parse(line) as RpcMessage, server.standby.facts(fault));
  const { title } = server.access.server;
  const written = inPlace
    ? JSON.stringify(inPlace)
    : fault
      ? errorMessage(id, fault.user, fault.code)
      : errorMessage(id, `${title} gave no answer (HTTP ${status}).`, `server-http-${status}`);
  outlet.write(written);
  return written;
}

/** The error in a message that is one; `isNameless` where its server could or would not give the id of the request. */
export function errorIn(text: string): { readonly error: RpcError; readonly isNameless: boolean } | undefined {
  const message = parseRpc(text);
  if (!message || !isResponse(message) || !('error' in message)) return undefined;
  return { error: message.error, isNameless: message.id === null };
}

/**
 * Writes what came with a refusing status. A client finds no request for an error without an id, so that one gets it.
 * Gives whether the request is answered by it.
 */
export function writeRefusal(outlet: Outlet, { id }: OutgoingMessage, held: readonly string[]): boolean {
  let answered = false;
  for (const text of held) {
    const found = errorIn(text);
    if (found?.isNameless && id !== undefined && !answered) {
      outlet.write(JSON.stringify({ jsonrpc: '2.0', id, error: found.error }));
      answered = true;
    } else if (!found?.isNameless) outlet.write(text);
  }
  return answered;
}
