import type { InputRequest } from '../mcp/input-capability.ts';
import { INTERNAL_ERROR, type Outcome, type RequestId, type RpcResponse, refused } from '../mcp/rpc.ts';
import { SPOKEN_REVISIONS } from './legacy-handshake.ts';
import type { LegacyLink } from './legacy-link.ts';

/** Requests of ours to one client of the legacy era. */
export interface LegacyQuestions {
  /** Asks on the stream of the client's request `about`; called off, and settled with an error, by the signal. */
  ask(question: InputRequest, about: RequestId, revision: string, signal: AbortSignal): Promise<Outcome>;
  /** An answer of the client; one that belongs to nothing is dropped. */
  settle(response: RpcResponse): void;
}

/**
 * A question in the words of the legacy era: one by URL has an id there, which we make up, and modes have a name since
 * 2025-11-25 only (MCP 2025-11-25, client/elicitation).
 */
function legacyQuestion({ method, params = {} }: InputRequest, revision: string, newId: () => string): InputRequest {
  if (method === 'roots/list') return { method };
  if (method !== 'elicitation/create') return { method, params };
  if (params.mode === 'url') return { method, params: { elicitationId: newId(), ...params } };
  if (revision === SPOKEN_REVISIONS[0]) return { method, params };
  const { mode: _, ...rest } = params;
  return { method, params: rest };
}

/** Keeps track of what a client was asked. */
export function createLegacyQuestions(link: LegacyLink, newId: () => string): LegacyQuestions {
  const open = new Map<string, (outcome: Outcome) => void>();
  return {
    ask: (question, about, revision, signal) =>
      new Promise((resolve) => {
        const id = newId();
        const done = (outcome: Outcome) => {
          open.delete(id);
          signal.removeEventListener('abort', callOff);
          resolve(outcome);
        };
        const callOff = () => {
          const params = { requestId: id, reason: 'The answer is not needed any more.' };
          link.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params }, about);
          done(refused(INTERNAL_ERROR, 'Cancelled.'));
        };
        if (signal.aborted) return resolve(refused(INTERNAL_ERROR, 'Cancelled.'));
        open.set(id, done);
        signal.addEventListener('abort', callOff);
        try {
          link.send({ jsonrpc: '2.0', id, ...legacyQuestion(question, revision, newId) }, about);
        } catch {
          done(refused(INTERNAL_ERROR, 'The question could not be passed on.'));
        }
      }),
    settle: (response) => {
      if (typeof response.id !== 'string') return;
      open.get(response.id)?.('error' in response ? { error: response.error } : { result: response.result });
    },
  };
}
