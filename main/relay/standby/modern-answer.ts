import { LEGACY_REVISIONS, MODERN_REVISION } from '../mcp/revisions.ts';
import { type Outcome, type RpcRequest, refused, UNSUPPORTED_VERSION } from '../mcp/rpc.ts';
import { type StandbyFacts, standbyOutcome } from './standby-outcome.ts';

/** What a client of the modern era gets, for a request that names this `revision`, while the server cannot answer. */
export function modernAnswer(request: RpcRequest, revision: string, facts: StandbyFacts): Outcome {
  if (revision === MODERN_REVISION) return standbyOutcome(request, facts);
  const data = { supported: [MODERN_REVISION, ...LEGACY_REVISIONS], requested: revision };
  return refused(UNSUPPORTED_VERSION, 'This revision of MCP is not known here.', data);
}
