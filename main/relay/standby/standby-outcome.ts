import { PRODUCT } from '../../../shared/product.ts';
import type { ServerLists } from '../lists/server-lists.ts';
import { META, MODERN_REVISION } from '../mcp/revisions.ts';
import {
  INVALID_PARAMS,
  LANYARD_ERROR,
  METHOD_NOT_FOUND,
  type Members,
  type Outcome,
  type RpcRequest,
  refused,
} from '../mcp/rpc.ts';
import { notCarriedOut, notSignedInYet } from './sentences.ts';
import { signInAddress } from './sign-in-address.ts';
import { hasAskedToSignIn, signInQuestion } from './sign-in-round.ts';
import type { StandbyFacts } from './standby-facts.ts';
import { hasStatusTool, isStatusCall, statusTool } from './status-tool.ts';

export type { StandbyFacts };

/** Capabilities whose lists come back with the server, so that a client has to hear of it. */
const LISTING: readonly string[] = ['tools', 'resources', 'prompts'];

/** No list of ours may be kept: the server's own may be there in the next moment (MCP 2026-07-28, CacheableResult). */
const NOT_CACHED: Members = { ttlMs: 0, cacheScope: 'private' };

function capabilitiesOf(lists: ServerLists | undefined): Members {
  if (!lists) return { tools: { listChanged: true } };
  const told = LISTING.filter((name) => typeof lists.capabilities[name] === 'object').map((name) => [
    name,
    { ...(lists.capabilities[name] as Members), listChanged: true },
  ]);
  return { ...lists.capabilities, ...Object.fromEntries(told) };
}

function serverInfoOf({ server, lists }: StandbyFacts): Members {
  return lists?.serverInfo ?? { name: server.name, title: server.title, version: PRODUCT.version };
}

function complete(facts: StandbyFacts, members: Members, meta: Members = {}): Outcome {
  const _meta = { ...meta, [META.serverInfo]: serverInfoOf(facts) };
  return { result: { resultType: 'complete', ...members, _meta } };
}

// All entries are one page, so a cursor is the server's own: what it stands for is not known here.
function list({ params }: RpcRequest, facts: StandbyFacts, members: Members): Outcome {
  return params?.cursor === undefined
    ? complete(facts, { ...members, ...NOT_CACHED })
    : refused(INVALID_PARAMS, 'This cursor is not known any more. Ask for the list from its beginning.');
}

const text = (words: string): Members => ({ content: [{ type: 'text', text: words }] });

/** The result of the tool `lanyard_status`; never cached, and never asked of a server. */
export function statusOutcome(facts: StandbyFacts): Outcome {
  return complete(facts, text(facts.status));
}

function callTool(request: RpcRequest, facts: StandbyFacts): Outcome {
  const tool = typeof request.params?.name === 'string' ? request.params.name : 'This tool';
  if (isStatusCall(request) && !hasStatusTool(facts.lists)) return statusOutcome(facts);
  const question = signInQuestion(request, facts);
  if (question) return complete(facts, question);
  const needsSignIn = hasAskedToSignIn(request) && signInAddress(facts) !== undefined;
  const words = needsSignIn ? notSignedInYet(tool, facts) : notCarriedOut(tool, facts);
  return complete(facts, { ...text(words), isError: true });
}

/** The outcome, in terms of revision 2026-07-28, of any request while the server itself cannot answer. */
export function standbyOutcome(request: RpcRequest, facts: StandbyFacts): Outcome {
  const { lists, server, error } = facts;
  switch (request.method) {
    case 'server/discover': {
      const instructions = lists?.instructions;
      return complete(facts, {
        supportedVersions: [MODERN_REVISION],
        capabilities: capabilitiesOf(lists),
        ...(instructions !== undefined && { instructions }),
        ...NOT_CACHED,
      });
    }
    case 'tools/list':
      return list(request, facts, { tools: lists?.tools ?? [statusTool(server.title)] });
    case 'resources/list':
      return list(request, facts, { resources: lists?.resources ?? [] });
    case 'resources/templates/list':
      return list(request, facts, { resourceTemplates: lists?.resourceTemplates ?? [] });
    case 'prompts/list':
      return list(request, facts, { prompts: lists?.prompts ?? [] });
    case 'tools/call':
      return callTool(request, facts);
    case 'completion/complete':
      return complete(facts, { completion: { values: [] } });
    case 'subscriptions/listen':
      // `withStandby` keeps it open; who comes here instead listens anew.
      return complete(facts, {}, { [META.subscriptionId]: request.id });
    case 'prompts/get':
    case 'resources/read':
    case 'tasks/get':
    case 'tasks/update':
    case 'tasks/cancel':
    case 'tasks/result':
    case 'tasks/list':
      return refused(LANYARD_ERROR, error.user, { code: error.code });
    default:
      return refused(METHOD_NOT_FOUND, `There is no method "${request.method.slice(0, 100)}".`);
  }
}
