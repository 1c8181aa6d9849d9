import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Fault } from './faults.ts';
import { sendJson } from './http.ts';

const PAGE = '<!doctype html><title>Sign in to the network</title><h1>Sign in to the network</h1>';
const HALF_A_BODY = '{"access_token":"';

/** Answers a request with a fault; resolves when nothing more will be sent. */
export async function answerWithFault(fault: Fault, request: IncomingMessage, response: ServerResponse): Promise<void> {
  switch (fault.kind) {
    case 'status':
      response.writeHead(fault.status, { 'content-type': fault.contentType ?? 'text/plain', ...fault.headers });
      response.end(fault.body ?? '');
      return;
    case 'html':
      response.writeHead(fault.status ?? 200, { 'content-type': 'text/html; charset=utf-8' }).end(PAGE);
      return;
    case 'hang':
      if (!response.destroyed) await once(response, 'close');
      return;
    case 'reset':
      request.socket.resetAndDestroy();
      return;
    case 'cut':
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '4096' });
      response.write(HALF_A_BODY, () => request.socket.resetAndDestroy());
      return;
    case 'oauth-error':
      sendJson(response, fault.status ?? 400, {
        error: fault.error,
        error_description: fault.description,
        ...fault.members,
      });
      return;
    case 'error-as-200':
      sendJson(response, 200, { error: fault.error, error_description: fault.description });
      return;
    case 'retry-after':
      response.setHeader('retry-after', String(fault.seconds));
      sendJson(response, fault.status ?? 429, { error: 'temporarily_unavailable' });
      return;
  }
}
