import { errorMessage } from '../answers.ts';
import { isResponse, parseRpc, type RpcError, type RpcMessage } from '../mcp/rpc.ts';
import type { OutgoingMessage } from '../message.ts';
import { answerLine } from '../standby/line-standby.ts';
import type { LineContext } from './line-context.ts';
import type { Answered } from './posting.ts';

/** The line that a request gets for which no response came, so that its client does not wait for ever. */
export function lineInPlace(
  { server: { access, standby }, client }: Pick<LineContext, 'server' | 'client'>,
  { id, method }: OutgoingMessage,
  line: string,
  { status, fault }: Pick<Answered, 'status' | 'fault'>,
): string {
  if (!fault)
    return errorMessage(id ?? null, `${access.server.title} gave no answer (HTTP ${status}).`, `server-http-${status}`);
  standby.onUnanswered?.({ client, method }, fault);
  const inPlace = answerLine(JSON.parse(line) as RpcMessage, standby.facts(fault));
  return inPlace ? JSON.stringify(inPlace) : errorMessage(id ?? null, fault.user, fault.code);
}

/** The error that a message is, where it is one. */
export function errorIn(text: string | undefined): RpcError | undefined {
  const message = text === undefined ? undefined : parseRpc(text);
  return message && isResponse(message) && 'error' in message ? message.error : undefined;
}
