import { paramHeaders } from '../mcp/param-headers.ts';
import { META, MODERN_REVISION, metaOf } from '../mcp/revisions.ts';
import {
  HEADER_MISMATCH,
  INTERNAL_ERROR,
  INVALID_PARAMS,
  INVALID_REQUEST,
  isNotification,
  METHOD_NOT_FOUND,
  type Members,
  MISSING_CLIENT_CAPABILITY,
  memberOf,
  type Outcome,
  PARSE_ERROR,
  type RequestId,
  type RpcMessage,
  type RpcRequest,
  UNSUPPORTED_VERSION,
} from '../mcp/rpc.ts';
import { messageHeaders } from '../message.ts';
import { type Asked, askServer } from './ask-server.ts';
import type { BackContext, EraBack, Errand } from './context.ts';
import { demandsEma, withEma } from './ema.ts';
import { withoutInvalidTools } from './listed-tools.ts';
import { CANCELLED, noAnswer } from './outcomes.ts';
import { ownNotification } from './own-notification.ts';

/** HTTP statuses by which servers of the legacy era refuse what they do not understand (MCP 2026-07-28, versioning). */
const REFUSING_STATUSES: readonly number[] = [400, 404, 405];

/** Errors that a server of the modern era answers with such a status. */
const MODERN_ERRORS: readonly number[] = [
  HEADER_MISMATCH,
  MISSING_CLIENT_CAPABILITY,
  PARSE_ERROR,
  INVALID_REQUEST,
  METHOD_NOT_FOUND,
  INVALID_PARAMS,
  INTERNAL_ERROR,
];

const asMembers = (value: unknown): Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : {};

/** Whether an answer says that its server does not speak the modern era. */
export function isNotModern({ status, outcome }: Pick<Asked, 'status' | 'outcome'>): boolean {
  if (outcome && 'result' in outcome) return false;
  if (outcome?.error.code === UNSUPPORTED_VERSION) {
    const supported = memberOf(outcome.error.data, 'supported');
    return !(Array.isArray(supported) && supported.includes(MODERN_REVISION));
  }
  return REFUSING_STATUSES.includes(status) && !MODERN_ERRORS.includes(outcome?.error.code ?? 0);
}

/** Puts another id into the subscription that a message belongs to. */
function renameSubscription(params: Members | undefined, from: RequestId, to: RequestId): Members | undefined {
  const meta = metaOf(params);
  return meta[META.subscriptionId] === from ? { ...params, _meta: { ...meta, [META.subscriptionId]: to } } : params;
}

/** Answers from a server of revision 2026-07-28: passes requests on under ids of our own, with their headers. */
export function createModernBack(context: BackContext): EraBack {
  const { access, toolOf, refreshTools, newId, schedule } = context;
  const { traits } = access;

  const ask = async (request: RpcRequest, { signal, meter, notify }: Errand): Promise<Asked> => {
    const id = newId();
    const { method } = request;
    const meta = metaOf(request.params);
    const capabilities = withEma(asMembers(meta[META.clientCapabilities]), traits);
    const envelope = { ...meta, [META.revision]: MODERN_REVISION, [META.clientCapabilities]: capabilities };
    const params: Members = { ...request.params, _meta: envelope };
    const named = memberOf(params, 'name') ?? memberOf(params, 'uri') ?? memberOf(params, 'taskId');
    const name = typeof named === 'string' ? named : undefined;
    const headers = messageHeaders({ kind: 'request', id, method, revision: MODERN_REVISION, name }, {});
    if (method === 'tools/call' && name !== undefined)
      headers.push(...paramHeaders(toolOf(name), memberOf(params, 'arguments')));
    const onMessage = (message: RpcMessage): Outcome | undefined => {
      if (!isNotification(message)) return undefined;
      // The specification has two ways in which a server ends a subscription; this one is not for clients to see.
      if (message.method === 'notifications/cancelled' && memberOf(message.params, 'requestId') === id)
        return { result: { resultType: 'complete', _meta: { [META.subscriptionId]: id } } };
      const own = ownNotification(message, request);
      if (own) notify(own);
      return undefined;
    };
    const asked = await askServer(
      { jsonrpc: '2.0', id, method, params },
      {
        access,
        schedule,
        headers,
        // A subscription is no use of a tool.
        purpose: method === 'subscriptions/listen' ? 'upkeep' : 'call',
        meter,
        signal,
        onMessage,
      },
    );
    const { outcome } = asked;
    if (!outcome || !('result' in outcome)) return asked;
    const result = renameSubscription(outcome.result, id, request.id) ?? outcome.result;
    return { ...asked, outcome: { result: method === 'tools/list' ? withoutInvalidTools(result) : result } };
  };

  const answer = async (request: RpcRequest, errand: Errand): Promise<Outcome | undefined> => {
    const knewEma = traits.wantsEma;
    let asked = await ask(request, errand);
    if (asked.outcome && !knewEma && demandsEma(asked.outcome)) {
      traits.learnEma();
      asked = await ask(request, errand);
    }
    const isMismatch = asked.outcome && 'error' in asked.outcome && asked.outcome.error.code === HEADER_MISMATCH;
    if (isMismatch && request.method === 'tools/call') {
      // Without newer schemas the server refuses once more, and says why.
      await refreshTools().catch(() => {});
      asked = await ask(request, errand);
    }
    if (errand.signal.aborted) return CANCELLED;
    if (isNotModern(asked)) return undefined;
    return asked.outcome ?? noAnswer(access.server, asked.status);
  };

  return { answer, end: () => {}, reset: () => {} };
}
