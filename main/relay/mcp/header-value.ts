const PREFIX = '=?base64?';
const SUFFIX = '?=';

/** The whole form, with base64 as RFC 4648 section 4 has it: padded, and no other characters. */
const ENCODED = /^=\?base64\?((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)\?=$/;

/** Tab and blank around a value are not part of it (RFC 9110 section 5.5). */
const AROUND = /^[\t ]+|[\t ]+$/g;

/**
 * What a header of revision 2026-07-28 says: as it stands, or in the base64 form (basic/transports/streamable-http,
 * "Value encoding"). A value is in that form only if it begins and ends so; the conformance suite insists that any other
 * stands for itself. `undefined` where what is between is no base64, or no UTF-8.
 */
export function decodeHeaderValue(value: string): string | undefined {
  const plain = value.replaceAll(AROUND, '');
  if (!plain.startsWith(PREFIX) || !plain.endsWith(SUFFIX) || plain.length < PREFIX.length + SUFFIX.length)
    return plain;
  const encoded = ENCODED.exec(plain)?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  return Buffer.from(text, 'utf8').toString('base64') === encoded ? text : undefined;
}
