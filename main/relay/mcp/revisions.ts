import { type Members, memberOf } from './rpc.ts';

/**
 * The two ways in which MCP is spoken: up to revision 2025-11-25 with `initialize` and MCP sessions (`legacy`), and
 * since 2026-07-28 without, every request saying for itself who asks (`modern`).
 */
export type Era = 'legacy' | 'modern';

/** The revision of the modern era. */
export const MODERN_REVISION = '2026-07-28';

/** Revisions of the legacy era that have the Streamable HTTP transport, newest first. */
export const LEGACY_REVISIONS: readonly string[] = ['2025-11-25', '2025-06-18', '2025-03-26'];

/** Keys of `_meta` (MCP 2026-07-28, basic/index). */
export const META = {
  revision: 'io.modelcontextprotocol/protocolVersion',
  clientInfo: 'io.modelcontextprotocol/clientInfo',
  clientCapabilities: 'io.modelcontextprotocol/clientCapabilities',
  logLevel: 'io.modelcontextprotocol/logLevel',
  serverInfo: 'io.modelcontextprotocol/serverInfo',
  subscriptionId: 'io.modelcontextprotocol/subscriptionId',
} as const;

/** The revision that a message names itself, as only modern ones do. */
export function revisionOf(params: unknown): string | undefined {
  const revision = memberOf(memberOf(params, '_meta'), META.revision);
  return typeof revision === 'string' ? revision : undefined;
}

/** The `_meta` of a message's params; empty where there is none. */
export function metaOf(params: Members | undefined): Members {
  const meta = memberOf(params, '_meta');
  return typeof meta === 'object' && meta !== null && !Array.isArray(meta) ? (meta as Members) : {};
}
