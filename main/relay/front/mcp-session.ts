import type { ServerResponse } from 'node:http';
import type { Schedule } from '../../../shared/schedule.ts';
import type { Responder } from '../mcp/responder.ts';
import {
  INVALID_REQUEST,
  isRequest,
  isResponse,
  LANYARD_ERROR,
  type RequestId,
  type RpcMessage,
  type RpcRequest,
  refused,
} from '../mcp/rpc.ts';
import { answerEmpty, answerJson } from './http-answer.ts';
import type { KeptEvents } from './kept-events.ts';
import { createLegacyConversation } from './legacy-conversation.ts';
import { createResumableStreams } from './resumable-streams.ts';

/** Since then a client takes an event without data for what it is (MCP 2025-11-25, transports). */
const PRIMED_SINCE = '2025-11-25';

/** The revision that has batches. */
const BATCH_REVISION = '2025-03-26';

/** For requests that an end comes in between of. */
const OVER = refused(LANYARD_ERROR, 'This MCP session is over. Start again with initialize.');

/** One client of the legacy era over HTTP (MCP 2025-03-26 to 2025-11-25, transports). */
export interface McpSession {
  readonly id: string;
  /** The client that opened it; it is nobody else's. */
  readonly client: string;
  /** Whether requests are under way. */
  readonly isBusy: boolean;
  /** Whether the client is there: it keeps a stream open. */
  readonly isAttached: boolean;
  /** Answers `initialize`. Resolves to whether there is an MCP session now. */
  initialize(request: RpcRequest, response: ServerResponse): Promise<boolean>;
  post(messages: readonly RpcMessage[], isBatch: boolean, response: ServerResponse): void;
  /** Serves the listening stream, or goes on with the stream that `lastEventId` belongs to. */
  listen(response: ServerResponse, lastEventId: string | undefined): void;
  end(): void;
}

/** What an MCP session works with. */
export interface McpSessionContext {
  readonly id: string;
  readonly client: string;
  readonly responder: Responder;
  readonly newId: () => string;
  readonly schedule: Schedule;
  readonly kept: KeptEvents;
}

/** Opens an MCP session; it is one for the client when `initialize` is answered. */
export function createMcpSession({ id, client, responder, newId, schedule, kept }: McpSessionContext): McpSession {
  const headers = { 'mcp-session-id': id };
  const isPrimed = () => (legacy.revision ?? '') >= PRIMED_SINCE;
  const streams = createResumableStreams(kept, client, schedule, headers, isPrimed);
  let initializing: { readonly about: RequestId; readonly done: (answer: RpcMessage) => void } | undefined;
  const legacy = createLegacyConversation({
    responder,
    conversation: { id, client, transport: 'http' },
    link: {
      send: (message, about) => {
        if (initializing && about === initializing.about) initializing.done(message);
        else streams.send(message, about);
      },
      drop: (about) => streams.drop(about),
    },
    newId,
    schedule,
  });
  let ended = false;

  return {
    id,
    client,
    get isBusy() {
      return legacy.isBusy;
    },
    get isAttached() {
      return streams.isAttached;
    },
    initialize: (request, response) =>
      new Promise((resolve) => {
        response.on('close', () => {
          if (!response.writableFinished) resolve(false);
        });
        const done = (answer: RpcMessage) => {
          initializing = undefined;
          if (!isResponse(answer)) return;
          const isOpen = 'result' in answer && !ended && !response.destroyed;
          const outcome = 'result' in answer ? { result: answer.result } : { error: answer.error };
          answerJson(response, 200, request.id, outcome, isOpen ? headers : {});
          resolve(isOpen);
        };
        initializing = { about: request.id, done };
        legacy.handle(request);
      }),
    post: (messages, isBatch, response) => {
      const requests = messages.filter(isRequest);
      const refuse = (why: string) =>
        answerJson(response, 400, requests[0]?.id ?? null, refused(INVALID_REQUEST, why), headers);
      if (isBatch && legacy.revision !== BATCH_REVISION) return refuse('This revision has no batches.');
      const ids = new Set(requests.map((request) => request.id));
      if (ids.size < requests.length || requests.some((request) => streams.isOpen(request.id)))
        return refuse('There is a request with this id already.');
      if (requests.length > 0) streams.open(response, [...ids]);
      for (const message of messages) legacy.handle(message);
      if (requests.length === 0) answerEmpty(response, 202, headers);
    },
    listen: (response, lastEventId) => {
      if (lastEventId !== undefined) {
        if (streams.resume(response, lastEventId)) return;
        answerJson(response, 400, null, refused(INVALID_REQUEST, 'This event is not known any more.'), headers);
      } else if (!streams.listen(response)) {
        answerJson(response, 409, null, refused(INVALID_REQUEST, 'There is a listening stream already.'), headers);
      }
    },
    end: () => {
      if (ended) return;
      ended = true;
      legacy.close(OVER);
      streams.close();
      responder.end(id);
    },
  };
}
