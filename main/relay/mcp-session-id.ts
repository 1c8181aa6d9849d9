/** Names by which some servers know the header: those that hand headers on as CGI variables take "_" for "-". */
const NAME = /^mcp[-_]session[-_]id$/i;

/**
 * The MCP session that a request names, as every server will read it; `ambiguous` where servers could read different
 * ones: a header that is there twice, or in another spelling.
 *
 * @param raw names and values in turn.
 */
export function mcpSessionIdOf(raw: readonly string[]): string | 'ambiguous' | undefined {
  let id: string | undefined;
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] ?? '';
    // Most names are told apart by their length.
    if (name.length !== 14 || !NAME.test(name)) continue;
    if (id !== undefined || name.includes('_')) return 'ambiguous';
    id = raw[index + 1] ?? '';
  }
  return id;
}
