// The one call that is measured. Server, load generator and stdio driver must agree on every byte of it.

/** The whole request body, in bytes. */
const CALL_BYTES = 1024;

/** Name of the tool. */
export const TOOL = 'echo';

/** Ids of the load generator's calls have this many digits, so that all requests are of one length. */
const ID_DIGITS = 9;
const FIRST_ID = 10 ** (ID_DIGITS - 1);

/** The nth id, of fixed length. */
export function callId(n: number): number {
  return FIRST_ID + (n % (9 * FIRST_ID));
}

/** The body of a `tools/call`. */
export function callBody(id: number, text: string): string {
  return JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: TOOL, arguments: { text } } });
}

/** The answer's body. */
export function answerBody(id: unknown, text: unknown): string {
  return JSON.stringify({ jsonrpc: '2.0', id, result: { content: [{ type: 'text', text }] } });
}

/** A text that makes the body of a call {@link CALL_BYTES} long. */
export const CALL_TEXT = 'x'.repeat(CALL_BYTES - callBody(FIRST_ID, '').length);
