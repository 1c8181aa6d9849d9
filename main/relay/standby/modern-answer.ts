import { LEGACY_REVISIONS, MODERN_REVISION } from '../mcp/revisions.ts';
import { type Outcome, type RpcRequest, refused, UNSUPPORTED_VERSION } from '../mcp/rpc.ts';
import { filterOf, type ListenFilter, NO_FILTER } from './listening.ts';
import { type StandbyFacts, standbyOutcome } from './standby-outcome.ts';

/** What a client of the modern era gets while the server itself cannot answer; a listening stream stays open. */
export type ModernAnswer =
  | { readonly kind: 'outcome'; readonly outcome: Outcome }
  | { readonly kind: 'listen'; readonly filter: ListenFilter };

const settled = (outcome: Outcome): ModernAnswer => ({ kind: 'outcome', outcome });

/** Answers a request that names this `revision`. */
export function modernAnswer(request: RpcRequest, revision: string, facts: StandbyFacts): ModernAnswer {
  if (revision !== MODERN_REVISION) {
    const data = { supported: [MODERN_REVISION, ...LEGACY_REVISIONS], requested: revision };
    return settled(refused(UNSUPPORTED_VERSION, 'This revision of MCP is not known here.', data));
  }
  if (request.method !== 'subscriptions/listen') return settled(standbyOutcome(request, facts));
  const filter = filterOf(request);
  return filter ? { kind: 'listen', filter } : settled(NO_FILTER);
}
