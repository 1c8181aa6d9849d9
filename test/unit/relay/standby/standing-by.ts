import type { ServerLists } from '../../../../main/relay/lists/server-lists.ts';
import { META, MODERN_REVISION } from '../../../../main/relay/mcp/revisions.ts';
import type { Members, RpcRequest } from '../../../../main/relay/mcp/rpc.ts';
import type { StandbyFacts } from '../../../../main/relay/standby/standby-outcome.ts';
import { LanyardError, type Recovery } from '../../../../shared/errors.ts';

/** The error that stands for a server's answer. */
export function faultOf(recovery?: Recovery, code = 'some-fault', cause?: unknown): LanyardError {
  return new LanyardError({
    code,
    user: 'The person can read this.',
    administrator: 'Exactly.',
    cause,
    ...(recovery && { recovery }),
  });
}

export const SIGNED_OUT: Recovery = { kind: 'blocked', reason: 'signed-out' };

/** Lists of a server that was reached before. */
export const LISTS: ServerLists = {
  capabilities: { tools: {}, resources: { subscribe: true }, logging: {} },
  serverInfo: { name: 'notes-server', version: '3.1.0' },
  instructions: 'Write short notes.',
  tools: [{ name: 'create_note', inputSchema: { type: 'object' } }],
  resources: [{ uri: 'note://1', name: 'first' }],
  resourceTemplates: [{ uriTemplate: 'note://{id}', name: 'any' }],
  prompts: [],
};

/** What standby knows, with whatever `given` says otherwise. */
export function factsWith(given: Partial<StandbyFacts> = {}): StandbyFacts {
  return {
    server: { name: 'notes', title: 'The notes' },
    error: faultOf(SIGNED_OUT, 'signed-out'),
    lists: undefined,
    status: 'The notes: signed out.\nSign in.',
    signInUrl: undefined,
    ...given,
  };
}

/** A request of the modern era. */
export function modern(method: string, params: Members = {}, clientCapabilities: Members = {}): RpcRequest {
  const _meta = {
    [META.revision]: MODERN_REVISION,
    [META.clientInfo]: { name: 'tester', version: '1' },
    [META.clientCapabilities]: clientCapabilities,
  };
  return { jsonrpc: '2.0', id: 7, method, params: { ...params, _meta } };
}

/** A request of the legacy era. */
export function legacy(method: string, params?: Members): RpcRequest {
  return { jsonrpc: '2.0', id: 7, method, ...(params && { params }) };
}

/** Servers that come back when the test says so. */
export function returning() {
  const listeners = new Set<() => void>();
  return {
    onReturn: (listener: () => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    /** The server is back. */
    back: () => {
      for (const listener of [...listeners]) listener();
    },
    waiting: () => listeners.size,
  };
}
