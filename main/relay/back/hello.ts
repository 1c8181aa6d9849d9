import { z } from 'zod';
import { LEGACY_REVISIONS } from '../mcp/revisions.ts';
import { INTERNAL_ERROR, METHOD_NOT_FOUND, type Outcome, refused, UNSUPPORTED_VERSION } from '../mcp/rpc.ts';
import type { Asked } from './ask-server.ts';
import type { Hello } from './legacy-message.ts';

/** What `initialize` came to; `not-legacy` where the server does not know it. */
export type Opening =
  | { readonly kind: 'open'; readonly hello: Hello }
  | { readonly kind: 'refused'; readonly outcome: Outcome }
  | { readonly kind: 'not-legacy'; readonly outcome: Outcome };

/** Servers that answer with the oldest revision speak this transport nevertheless. */
const ACCEPTED_REVISIONS: readonly string[] = [...LEGACY_REVISIONS, '2024-11-05'];

/** HTTP statuses of an endpoint that has no `initialize`. */
const REFUSING_STATUSES: readonly number[] = [400, 404, 405];

const members = z.record(z.string(), z.unknown());
const resultSchema = z.looseObject({
  protocolVersion: z.string().max(40),
  capabilities: members.catch({}),
  serverInfo: members.optional().catch(undefined),
  instructions: z.string().optional().catch(undefined),
});

/** Judges the answer to `initialize` (MCP 2025-11-25, basic/lifecycle). */
export function readOpening(title: string, asked: Asked, toNoAnswer: () => Outcome): Opening {
  const { outcome, status, mcpSessionId } = asked;
  if (outcome && 'result' in outcome) {
    const result = resultSchema.safeParse(outcome.result);
    if (!result.success || !ACCEPTED_REVISIONS.includes(result.data.protocolVersion))
      return { kind: 'refused', outcome: refused(INTERNAL_ERROR, `${title} speaks no revision of MCP that is known.`) };
    const { protocolVersion: revision, capabilities, serverInfo, instructions } = result.data;
    return { kind: 'open', hello: { revision, mcpSessionId, capabilities, serverInfo, instructions } };
  }
  const given = outcome ?? toNoAnswer();
  const code = outcome && 'error' in outcome ? outcome.error.code : undefined;
  const isUnknown = code === UNSUPPORTED_VERSION || code === METHOD_NOT_FOUND || REFUSING_STATUSES.includes(status);
  return { kind: isUnknown ? 'not-legacy' : 'refused', outcome: given };
}
