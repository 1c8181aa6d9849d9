import { METHOD_NOT_FOUND, memberOf, type Outcome, refused } from '../mcp/rpc.ts';
import type { BackContext, EraBack } from './context.ts';
import { createLegacyCalls } from './legacy-calls.ts';
import { toDiscovery } from './legacy-message.ts';
import { listenLegacy } from './legacy-subscription.ts';
import { createMcpSessions } from './mcp-sessions.ts';
import { CANCELLED } from './outcomes.ts';

/** Methods of the legacy era that the modern one does not have; tasks are something else in each. */
const LEGACY_METHODS: ReadonlySet<string> = new Set([
  'initialize',
  'ping',
  'logging/setLevel',
  'resources/subscribe',
  'resources/unsubscribe',
  'tasks/get',
  'tasks/list',
  'tasks/result',
  'tasks/update',
  'tasks/cancel',
]);

const unlessAborted = <Value>(signal: AbortSignal, promise: Promise<Value>): Promise<Value | undefined> =>
  new Promise((resolve, reject) => {
    const abort = () => resolve(undefined);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });

/**
 * Answers from a server that speaks revision 2025-11-25 or an older one, in MCP sessions of our own. What cannot cross: requests of the server that belong to no request of the client (they
 * are refused), tasks of revision 2025-11-25 (tools that insist on them are not listed), changes of roots, the
 * completion of an elicitation, log messages and progress outside their request's stream, and servers that have only
 * the transport of 2024-11-05.
 */
export function createLegacyBack(context: BackContext): EraBack {
  const sessions = createMcpSessions(context);
  const calls = createLegacyCalls(context);

  const answer: EraBack['answer'] = async (request, errand): Promise<Outcome | undefined> => {
    const { method } = request;
    if (LEGACY_METHODS.has(method)) return refused(METHOD_NOT_FOUND, `There is no method "${method}".`);
    if (memberOf(request.params, 'requestState') !== undefined) return calls.goOn(request, errand);
    const used = sessions.use(errand.conversation, request);
    const isListening = method === 'subscriptions/listen';
    try {
      const begun = used.session.open(isListening ? 'upkeep' : 'call', errand.meter);
      const opening = await unlessAborted(errand.signal, begun);
      if (!opening) return CANCELLED;
      if (opening.kind === 'not-legacy') return undefined;
      if (opening.kind === 'refused') return opening.outcome;
      if (method === 'server/discover') return { result: toDiscovery(opening.hello) };
      if (isListening) return await listenLegacy(request, errand, used, opening.hello);
      return await calls.pass(request, errand, used, opening.hello);
    } finally {
      used.release();
    }
  };

  return {
    answer,
    end: (conversationId) => {
      calls.end(conversationId);
      sessions.end(conversationId);
    },
    reset: () => {
      calls.reset();
      sessions.reset();
    },
  };
}
