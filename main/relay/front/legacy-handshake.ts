import { z } from 'zod';
import { LEGACY_REVISIONS, META, MODERN_REVISION, metaOf } from '../mcp/revisions.ts';
import { type Members, memberOf, type RpcRequest } from '../mcp/rpc.ts';

/**
 * Revisions that a front agrees on with a client of the legacy era, newest first. The last one had another HTTP
 * transport, but its messages are the same.
 */
export const SPOKEN_REVISIONS: readonly string[] = [...LEGACY_REVISIONS, '2024-11-05'];

/** Longest name of a revision, in characters. */
const REVISION_LIMIT = 40;

const members = z.record(z.string(), z.unknown());
const paramsSchema = z.looseObject({
  protocolVersion: z.string().max(REVISION_LIMIT),
  capabilities: members,
  clientInfo: z.looseObject({ name: z.string(), version: z.string() }),
});

/** What a client said of itself in `initialize`. */
export interface Introduction {
  /** The revision both sides speak from now on. */
  readonly revision: string;
  readonly clientInfo: Members;
  readonly clientCapabilities: Members;
}

/** Reads the params of `initialize`; `undefined` where they are none. */
export function readIntroduction(params: unknown): Introduction | undefined {
  const parsed = paramsSchema.safeParse(params);
  if (!parsed.success) return undefined;
  const { protocolVersion, capabilities, clientInfo } = parsed.data;
  const [newest = protocolVersion] = SPOKEN_REVISIONS;
  return {
    revision: SPOKEN_REVISIONS.includes(protocolVersion) ? protocolVersion : newest,
    clientInfo,
    clientCapabilities: capabilities,
  };
}

/** A request of the legacy era as revision 2026-07-28 has it: it says for itself who asks. */
export function modernRequest(
  request: RpcRequest,
  { clientInfo, clientCapabilities }: Introduction,
  logLevel?: string,
): RpcRequest {
  return {
    ...request,
    params: {
      ...request.params,
      _meta: {
        ...metaOf(request.params),
        [META.revision]: MODERN_REVISION,
        [META.clientInfo]: clientInfo,
        [META.clientCapabilities]: clientCapabilities,
        ...(logLevel !== undefined && { [META.logLevel]: logLevel }),
      },
    },
  };
}

/** The capabilities in a result of `server/discover`. */
export function discoveredCapabilities(discovered: Members): Members {
  const capabilities = memberOf(discovered, 'capabilities');
  return typeof capabilities === 'object' && capabilities !== null ? (capabilities as Members) : {};
}

/** The result of `initialize`, from the one of `server/discover`. */
export function initializeResult(discovered: Members, { revision }: Introduction): Members {
  const { instructions } = discovered;
  const serverInfo = metaOf(discovered)[META.serverInfo];
  return {
    protocolVersion: revision,
    capabilities: discoveredCapabilities(discovered),
    serverInfo: serverInfo ?? { name: 'lanyard', version: '0' },
    ...(typeof instructions === 'string' && { instructions }),
  };
}
