import { decodeHeaderValue } from '../mcp/header-value.ts';
import { argumentAt, type HeaderArgument, headerTextOf } from '../mcp/param-headers.ts';
import { HEADER_MISMATCH, type Outcome, refused } from '../mcp/rpc.ts';

const DECIMAL = /^-?\d+(\.\d+)?$/;

function isSame(header: string, value: unknown, text: string): boolean {
  return header === text || (typeof value === 'number' && DECIMAL.test(header) && Number(header) === value);
}

/**
 * What the `Mcp-Param-` headers of a call lack or have wrong; `undefined` where they are right. `headerOf` is asked in
 * small letters.
 */
export function parameterHeaderFault(
  expected: readonly HeaderArgument[],
  args: unknown,
  headerOf: (name: string) => string | undefined,
): Outcome | undefined {
  for (const { path, header } of expected) {
    const value = argumentAt(args, path);
    const text = headerTextOf(value);
    if (text === undefined) continue;
    const given = headerOf(`mcp-param-${header.toLowerCase()}`);
    const decoded = given === undefined ? undefined : decodeHeaderValue(given);
    if (decoded !== undefined && isSame(decoded, value, text)) continue;
    const what = given === undefined ? 'is missing' : decoded === undefined ? 'is not in the base64 form' : 'differs';
    return refused(HEADER_MISMATCH, `The headers say something else than the body: Mcp-Param-${header} ${what}.`);
  }
  return undefined;
}
