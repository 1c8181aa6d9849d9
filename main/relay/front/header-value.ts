const PREFIX = '=?base64?';
const SUFFIX = '?=';
const CANONICAL_BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * What a header of revision 2026-07-28 says: as it stands, or in the base64 form (basic/transports/streamable-http,
 * "Value encoding"). `undefined` where that form is not kept to.
 */
export function decodeHeaderValue(value: string): string | undefined {
  if (!value.startsWith(PREFIX) || !value.endsWith(SUFFIX)) return value;
  const base64 = value.slice(PREFIX.length, -SUFFIX.length);
  if (!CANONICAL_BASE64.test(base64)) return undefined;
  try {
    return decoder.decode(Buffer.from(base64, 'base64'));
  } catch {
    return undefined;
  }
}
