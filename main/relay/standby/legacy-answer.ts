import { initializeResult, SPOKEN_REVISIONS } from '../front/legacy-handshake.ts';
import { legacyResult } from '../front/legacy-results.ts';
import { METHOD_NOT_FOUND, type Outcome, type RpcRequest, refused } from '../mcp/rpc.ts';
import { type StandbyFacts, standbyOutcome } from './standby-outcome.ts';

/** Requests of the legacy era that nothing has to be done for. */
const SETTLED: ReadonlySet<string> = new Set([
  'ping',
  'logging/setLevel',
  'resources/subscribe',
  'resources/unsubscribe',
]);

/** Requests that the legacy era does not have. */
const MODERN_ONLY: ReadonlySet<string> = new Set(['server/discover', 'subscriptions/listen']);

function initialize(request: RpcRequest, facts: StandbyFacts): Outcome {
  const outcome = standbyOutcome({ ...request, method: 'server/discover', params: {} }, facts);
  if ('error' in outcome) return outcome;
  const asked = request.params?.protocolVersion;
  const [newest = ''] = SPOKEN_REVISIONS;
  const revision = typeof asked === 'string' && SPOKEN_REVISIONS.includes(asked) ? asked : newest;
  return { result: initializeResult(outcome.result, { revision, clientInfo: {}, clientCapabilities: {} }) };
}

/**
 * What a client of the legacy era gets while the server itself cannot answer. Never `-32042`, by which it could be sent
 * to an address: clients that cannot ask anybody wait for ever then, and others lose what we say.
 */
export function legacyAnswer(request: RpcRequest, facts: StandbyFacts): Outcome {
  const { method } = request;
  if (method === 'initialize') return initialize(request, facts);
  if (SETTLED.has(method)) return { result: {} };
  if (MODERN_ONLY.has(method)) return refused(METHOD_NOT_FOUND, `There is no method "${method}".`);
  const outcome = standbyOutcome(request, facts);
  if ('error' in outcome) return outcome;
  const { _meta: _, ...result } = legacyResult(method, outcome.result);
  return { result };
}
