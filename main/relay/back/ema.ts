import { type Members, MISSING_CLIENT_CAPABILITY, memberOf, type Outcome } from '../mcp/rpc.ts';
import type { ServerTraits } from '../server-traits.ts';

/** The extension by which a client says that a company's sign-in stands behind it (MCP ext-auth, EMA). */
export const EMA_EXTENSION = 'io.modelcontextprotocol/enterprise-managed-authorization';

/** Whether a server refuses clients that do not declare EMA (MCP 2026-07-28, error -32021). */
export function demandsEma(outcome: Outcome): boolean {
  if (!('error' in outcome) || outcome.error.code !== MISSING_CLIENT_CAPABILITY) return false;
  const required = memberOf(outcome.error.data, 'requiredCapabilities');
  return memberOf(memberOf(required, 'extensions'), EMA_EXTENSION) !== undefined;
}

/** A client's capabilities, with our declaration where the server wants it: it is we who do what it stands for. */
export function withEma(capabilities: Members, { wantsEma }: ServerTraits): Members {
  if (!wantsEma) return capabilities;
  const extensions = memberOf(capabilities, 'extensions');
  const declared = typeof extensions === 'object' && extensions !== null ? extensions : {};
  return { ...capabilities, extensions: { ...declared, [EMA_EXTENSION]: {} } };
}
