import { applyEdits, modify } from 'jsonc-parser';
import { META } from './mcp/revisions.ts';
import { type Members, MISSING_CLIENT_CAPABILITY, memberOf, type RpcError } from './mcp/rpc.ts';

/** The extension by which a client says that it brings tokens of enterprise-managed authorization. */
export const EMA_EXTENSION = 'io.modelcontextprotocol/enterprise-managed-authorization';

/** Whether an error says that the client should have declared the EMA extension (MCP 2026-07-28, `-32021`). */
export function asksForEma(error: RpcError | undefined): boolean {
  if (error?.code !== MISSING_CLIENT_CAPABILITY) return false;
  const required = memberOf(memberOf(error.data, 'requiredCapabilities'), 'extensions');
  return memberOf(required, EMA_EXTENSION) !== undefined;
}

/** Capabilities with the EMA extension among them. */
export function withEma(capabilities: Members): Members {
  const extensions = memberOf(capabilities, 'extensions') as Members | undefined;
  return { ...capabilities, extensions: { [EMA_EXTENSION]: {}, ...extensions } };
}

function capabilitiesPath(message: unknown): readonly string[] | undefined {
  if (memberOf(message, 'method') === 'initialize') return ['params', 'capabilities'];
  const meta = memberOf(memberOf(message, 'params'), '_meta');
  return memberOf(meta, META.clientCapabilities) === undefined
    ? undefined
    : ['params', '_meta', META.clientCapabilities];
}

/**
 * Splices the declaration into a message that tells the client's capabilities, and touches no other byte. A message
 * that tells none, or declares it already, stays as it is.
 */
export function declareEma(text: string): string {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return text;
  }
  const path = capabilitiesPath(message);
  if (!path) return text;
  const declared = path.reduce<unknown>(memberOf, message);
  if (memberOf(memberOf(declared, 'extensions'), EMA_EXTENSION) !== undefined) return text;
  return applyEdits(text, modify(text, [...path, 'extensions', EMA_EXTENSION], {}, {}));
}
