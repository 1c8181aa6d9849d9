import { initializeResult, SPOKEN_REVISIONS } from '../front/legacy-handshake.ts';
import { legacyResult } from '../front/legacy-results.ts';
import {
  METHOD_NOT_FOUND,
  type Members,
  memberOf,
  type Outcome,
  type RpcRequest,
  refused,
  URL_ELICITATION_REQUIRED,
} from '../mcp/rpc.ts';
import { askToSignIn } from './sentences.ts';
import { signInAddress, takesUrls } from './sign-in-round.ts';
import { type StandbyFacts, standbyOutcome } from './standby-outcome.ts';
import { STATUS_TOOL_NAME } from './status-tool.ts';

/** The one revision that has an error which asks for URL elicitations (MCP 2025-11-25, client/elicitation). */
const URL_ERROR_REVISION = '2025-11-25';

/** Requests of the legacy era that nothing has to be done for. */
const SETTLED: ReadonlySet<string> = new Set([
  'ping',
  'logging/setLevel',
  'resources/subscribe',
  'resources/unsubscribe',
]);

/** Requests that the legacy era does not have. */
const MODERN_ONLY: ReadonlySet<string> = new Set(['server/discover', 'subscriptions/listen']);

/** The revision that both sides speak after an `initialize` with these params. */
function revisionFor(params: Members | undefined): string {
  const [newest = URL_ERROR_REVISION] = SPOKEN_REVISIONS;
  const asked = params?.protocolVersion;
  return typeof asked === 'string' && SPOKEN_REVISIONS.includes(asked) ? asked : newest;
}

/** Whether a client that sends this `initialize` can be sent to an address by an error. */
export function takesUrlErrors({ params }: RpcRequest): boolean {
  return revisionFor(params) === URL_ERROR_REVISION && takesUrls(params?.capabilities);
}

function initialize(request: RpcRequest, facts: StandbyFacts): Outcome {
  const outcome = standbyOutcome({ ...request, method: 'server/discover', params: {} }, facts);
  if ('error' in outcome) return outcome;
  const introduction = { revision: revisionFor(request.params), clientInfo: {}, clientCapabilities: {} };
  return { result: initializeResult(outcome.result, introduction) };
}

/**
 * What a client of the legacy era gets while the server itself cannot answer.
 *
 * @param elicitationId of the sign-in, where the client can be sent to an address by an error; see
 *   {@link takesUrlErrors}.
 */
export function legacyAnswer(request: RpcRequest, facts: StandbyFacts, elicitationId?: string): Outcome {
  const { method, params } = request;
  if (method === 'initialize') return initialize(request, facts);
  if (SETTLED.has(method)) return { result: {} };
  if (MODERN_ONLY.has(method)) return refused(METHOD_NOT_FOUND, `There is no method "${method}".`);
  const url = signInAddress(facts);
  const mayAsk = method === 'tools/call' && memberOf(params, 'name') !== STATUS_TOOL_NAME;
  if (mayAsk && url !== undefined && elicitationId !== undefined) {
    const message = askToSignIn(facts);
    return refused(URL_ELICITATION_REQUIRED, message, { elicitations: [{ mode: 'url', elicitationId, url, message }] });
  }
  const outcome = standbyOutcome(request, facts);
  if ('error' in outcome) return outcome;
  const { _meta: _, ...result } = legacyResult(method, outcome.result);
  return { result };
}
