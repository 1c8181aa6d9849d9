// Headers by which a server, or something before it, may read a request in another way than its body says.

/** What rules have to know of a request's headers. Where there is none, as on stdio, nothing is set. */
export interface RuledHeaders {
  /** `Mcp-Name` (MCP 2026-07-28, basic/transports), as sent. */
  readonly mcpName?: string | undefined;
  /** `Mcp-Method`. */
  readonly mcpMethod?: string | undefined;
  readonly contentEncoding?: string | undefined;
  /** Empty where an HTTP request has none. */
  readonly contentType?: string | undefined;
  /** One of them is there twice: which one counts depends on the reader. */
  readonly isRepeated?: boolean | undefined;
}

/** The headers that {@link RuledHeaders} are read from, with the members they give. */
const MEMBERS = {
  'mcp-name': 'mcpName',
  'mcp-method': 'mcpMethod',
  'content-encoding': 'contentEncoding',
  'content-type': 'contentType',
} as const;

/** Any other type may be read as something else than JSON, as a form for example. */
const JSON_TYPE = /^[\t ]*application\/(?:[a-z0-9.-]+\+)?json[\t ]*(?:;|$)/i;

/**
 * Parameter of a media type (RFC 9110 section 5.6.6), also extended (RFC 2231 section 4); lenient, since what is not
 * understood is refused.
 */
const CHARSET = /;[\t ]*charset[\t ]*\*?[\t ]*=[\t ]*"?([^";\t ]*)/gi;

/**
 * Reads them from raw headers: names and values in turn, as they go on to the server. An underscore counts as a hyphen,
 * since many servers hand both on under one name (RFC 3875 section 4.1.18).
 */
export function ruledHeaders(raw: readonly string[]): RuledHeaders {
  const found: Record<string, string> = {};
  let isRepeated = false;
  for (let index = 0; index < raw.length; index += 2) {
    const name = (raw[index] ?? '').toLowerCase().replaceAll('_', '-');
    if (!Object.hasOwn(MEMBERS, name)) continue;
    const member = MEMBERS[name as keyof typeof MEMBERS];
    isRepeated ||= Object.hasOwn(found, member);
    found[member] = raw[index + 1] ?? '';
  }
  return { contentType: '', ...found, isRepeated };
}

/**
 * Why the bytes of a body may be read as another text than ours, or `undefined`. A server may inflate a body, or decode
 * it by its charset, in many of which the bytes of a JSON text say something else.
 */
export function isReadOtherwise({ contentEncoding, contentType, isRepeated }: RuledHeaders): string | undefined {
  if (isRepeated) return 'A header that says how the request is read is there twice.';
  if (contentEncoding !== undefined && contentEncoding.trim().toLowerCase() !== 'identity')
    return 'A body with a Content-Encoding is not taken for this server.';
  if (contentType === undefined) return undefined;
  if (!JSON_TYPE.test(contentType)) return 'The Content-Type of a body has to be application/json.';
  const charsets = [...contentType.matchAll(CHARSET)].map(([, charset = '']) => charset.toLowerCase());
  if (charsets.some((charset) => charset !== 'utf-8')) return 'The body has to be UTF-8.';
  return undefined;
}
