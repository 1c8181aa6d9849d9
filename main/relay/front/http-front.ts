import type { IncomingMessage, ServerResponse } from 'node:http';
import { MODERN_REVISION } from '../mcp/revisions.ts';
import { LANYARD_ERROR, refused } from '../mcp/rpc.ts';
import { classifyPost } from './classify-post.ts';
import { answerEmpty, answerJson } from './http-answer.ts';
import { headerOf, messageHeadersOf, postRefusal, readJson } from './http-checks.ts';
import type { HttpFrontContext } from './http-front-context.ts';
import { createLegacyHttp } from './legacy-http.ts';
import { createModernHttp } from './modern-http.ts';

export type { HttpFrontContext };

/** Serves the clients of one address, of either era, over HTTP. */
export interface HttpFront {
  /**
   * Serves one admitted request of a client: guard and key are checked before. `body` is what was read of a POST, whole.
   * Resolves when the response is over. Never rejects.
   */
  handle(request: IncomingMessage, response: ServerResponse, body: Buffer | null, client: string): Promise<void>;
  /** Another person is there. Ends every MCP session, whose next request is answered 404, and every call under way. */
  endAll(): void;
  /** Ends everything; what comes after that is answered 503. */
  close(): void;
}

/** Makes a front; it holds no timers before its first request. */
export function createHttpFront(context: HttpFrontContext): HttpFront {
  const legacy = createLegacyHttp(context);
  const modern = createModernHttp(context);
  let closed = false;

  const post = async (request: IncomingMessage, response: ServerResponse, body: Buffer | null, client: string) => {
    const refusal = postRefusal(request);
    if (refusal) return answerJson(response, refusal.status, null, refusal.outcome);
    const read = readJson(body);
    if (!('document' in read)) return answerJson(response, read.status, null, read.outcome);
    const kind = classifyPost(read.document, messageHeadersOf(request));
    if (kind.kind === 'refused') return answerJson(response, kind.status, kind.id, kind.outcome);
    if (kind.kind === 'notification') return answerEmpty(response, 202);
    if (kind.kind === 'request') return modern.post(kind.request, request, response, client);
    return legacy.post(kind.messages, kind.isBatch, request, response, client);
  };

  const serve = async (request: IncomingMessage, response: ServerResponse, body: Buffer | null, client: string) => {
    if (closed) return answerEmpty(response, 503);
    if (request.method === 'POST') return post(request, response, body, client);
    const isOfSession = request.method === 'GET' || request.method === 'DELETE';
    // Without an MCP session there is nothing to listen to or to end: the modern era posts, and nothing else.
    const isModern = headerOf(request, 'mcp-protocol-version') === MODERN_REVISION;
    if (isOfSession && !isModern && headerOf(request, 'mcp-session-id') !== undefined)
      return legacy.serve(request, response, client);
    const allow = isOfSession ? 'POST' : 'POST, GET, DELETE';
    answerJson(response, 405, null, refused(LANYARD_ERROR, `Use ${allow}.`), { allow });
  };

  return {
    handle: (request, response, body, client) =>
      new Promise((resolve) => {
        if (response.destroyed) return resolve();
        response.once('close', resolve);
        serve(request, response, body, client).catch(() => response.destroy());
      }),
    endAll: () => {
      legacy.endAll();
      modern.endCalls();
    },
    close: () => {
      closed = true;
      legacy.endAll();
      modern.close();
    },
  };
}
