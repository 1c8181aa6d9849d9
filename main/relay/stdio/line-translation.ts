import type { Schedule } from '../../../shared/schedule.ts';
import { errorMessage } from '../answers.ts';
import { createLineFront, type LineFront } from '../front/line-front.ts';
import type { Conversation, Responder } from '../mcp/responder.ts';
import { META } from '../mcp/revisions.ts';
import {
  isNotification,
  isRequest,
  isResponse,
  memberOf,
  type RequestId,
  type RpcMessage,
  toMessage,
} from '../mcp/rpc.ts';
import type { Outlet } from './outlet.ts';

const ACKNOWLEDGED = 'notifications/subscriptions/acknowledged';

/** The answer to a line that is no message. */
export const NOT_A_MESSAGE: string = errorMessage(null, 'This line is not a JSON-RPC message.', 'not-json-rpc');

/** What a translation works with. */
export interface LineTranslationContext {
  readonly responder: Responder;
  readonly conversation: Conversation;
  readonly outlet: Outlet;
  readonly newId: () => string;
  readonly schedule: Schedule;
}

/** A front for one stdio client, opened with the first line that needs it. */
export interface LineTranslation {
  readonly isOpen: boolean;
  handle(line: string): void;
  /** For a request whose answer the client has already. */
  handleUnseen(line: string): void;
  /** For the `subscriptions/listen` with this id, of which the client knows already that it has begun. */
  handleBegun(line: string, id: RequestId | undefined): void;
  close(): void;
}

/** Not open yet. */
export function createLineTranslation(context: LineTranslationContext): LineTranslation {
  const { outlet } = context;
  /** Requests whose responses, and listening streams whose beginnings, the client has already. */
  const unseen = new Set<unknown>();
  const begun = new Set<unknown>();
  let front: LineFront | undefined;

  const isKnown = (message: RpcMessage): boolean => {
    if (isResponse(message)) return unseen.delete(message.id);
    if (!isNotification(message) || message.method !== ACKNOWLEDGED) return false;
    return begun.delete(memberOf(memberOf(message.params, '_meta'), META.subscriptionId));
  };
  const open = () => {
    front ??= createLineFront({
      ...context,
      write: (message) => {
        if (!isKnown(message)) outlet.write(JSON.stringify(message));
      },
    });
    return front;
  };
  const handle = (line: string, before: (message: RpcMessage) => void = () => {}) => {
    const message = toMessage(JSON.parse(line));
    if (!message) return outlet.write(NOT_A_MESSAGE);
    before(message);
    open().handle(message);
  };

  return {
    get isOpen() {
      return front !== undefined;
    },
    handle: (line) => handle(line),
    handleUnseen: (line) =>
      handle(line, (message) => {
        if (isRequest(message)) unseen.add(message.id);
      }),
    handleBegun: (line, id) => handle(line, () => void begun.add(id)),
    close: () => front?.close(),
  };
}
