import type { Exchange, Responder } from '../../../../main/relay/mcp/responder.ts';
import { META, MODERN_REVISION } from '../../../../main/relay/mcp/revisions.ts';
import {
  METHOD_NOT_FOUND,
  type Members,
  type Outcome,
  type RpcRequest,
  refused,
} from '../../../../main/relay/mcp/rpc.ts';

type Answer = (request: RpcRequest, exchange: Exchange) => Outcome | Promise<Outcome>;

/** A responder whose answers a test writes, by method or by `tools/call:<name>`. */
export interface ScriptedResponder extends Responder {
  readonly requests: RpcRequest[];
  readonly ended: string[];
  /** Exchanges of `subscriptions/listen` that are open now. */
  readonly listening: { readonly request: RpcRequest; readonly exchange: Exchange }[];
  /** Tells everyone who listens. */
  tell(method: string, params?: Members): void;
  on(what: string, answer: Answer): void;
}

export const CAPABILITIES = {
  tools: { listChanged: true },
  resources: { subscribe: true, listChanged: true },
  prompts: { listChanged: true },
  logging: {},
  completions: {},
};

const SERVER_INFO = { name: 'scripted', version: '2.0.0', title: 'Scripted' };

export function complete(result: Members): Outcome {
  return { result: { resultType: 'complete', ...result } };
}

export function text(words: string): Outcome {
  return complete({ content: [{ type: 'text', text: words }] });
}

export function needs(inputRequests: Members | undefined, requestState?: string): Outcome {
  return {
    result: {
      resultType: 'input_required',
      ...(inputRequests && { inputRequests }),
      ...(requestState !== undefined && { requestState }),
    },
  };
}

function listen(listening: ScriptedResponder['listening']): Answer {
  return (request, exchange) => {
    const entry = { request, exchange };
    listening.push(entry);
    const _meta = { [META.subscriptionId]: request.id };
    const { notifications } = request.params ?? {};
    const params = { notifications, _meta };
    exchange.notify({ jsonrpc: '2.0', method: 'notifications/subscriptions/acknowledged', params });
    return new Promise((resolve) => {
      exchange.signal.addEventListener('abort', () => {
        listening.splice(listening.indexOf(entry), 1);
        resolve(complete({ _meta }));
      });
    });
  };
}

export function createScriptedResponder(): ScriptedResponder {
  const requests: RpcRequest[] = [];
  const ended: string[] = [];
  const listening: ScriptedResponder['listening'] = [];
  const answers = new Map<string, Answer>([
    [
      'server/discover',
      () =>
        complete({
          supportedVersions: [MODERN_REVISION],
          capabilities: CAPABILITIES,
          instructions: 'Be kind.',
          ttlMs: 1_000,
          cacheScope: 'private',
          _meta: { [META.serverInfo]: SERVER_INFO },
        }),
    ],
    [
      'tools/list',
      () => complete({ tools: [{ name: 'echo', inputSchema: { type: 'object' } }], ttlMs: 0, cacheScope: 'private' }),
    ],
    ['tools/call:echo', ({ params }) => text(JSON.stringify(params?.arguments))],
    ['subscriptions/listen', listen(listening)],
  ]);
  return {
    requests,
    ended,
    listening,
    on: (what, answer) => void answers.set(what, answer),
    tell: (method, params = {}) => {
      for (const { request, exchange } of [...listening]) {
        const _meta = { [META.subscriptionId]: request.id };
        exchange.notify({ jsonrpc: '2.0', method, params: { ...params, _meta } });
      }
    },
    answer: async (request, exchange) => {
      requests.push(request);
      const answer = answers.get(`${request.method}:${request.params?.name}`) ?? answers.get(request.method);
      return answer ? answer(request, exchange) : refused(METHOD_NOT_FOUND, `Unknown: ${request.method}`);
    },
    end: (id) => void ended.push(id),
    reset: () => {},
  };
}
