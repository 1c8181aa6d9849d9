// The calls that are measured. Server, load generator and stdio driver must agree on every byte of them.

/** The whole request body of an `echo`, in bytes. */
const CALL_BYTES = 1024;

/** Gives its text back. */
export const TOOL = 'echo';

/** Gives as many bytes of text as it is asked for. */
export const LARGE_TOOL = 'large';

/** Answers with as many notifications as it is asked for, each an event of its own, and then its result. */
export const EVENTS_TOOL = 'events';

/** Ids of the load generator's calls have this many digits, so that all requests are of one length. */
const ID_DIGITS = 9;
const FIRST_ID = 10 ** (ID_DIGITS - 1);

/** The nth id, of fixed length. */
export function callId(n: number): number {
  return FIRST_ID + (n % (9 * FIRST_ID));
}

/** The body of a `tools/call`. */
export function callBody(id: number, text: string): string {
  return toolCallBody(id, TOOL, { text });
}

/** The body of any `tools/call`. */
export function toolCallBody(id: number, name: string, given: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: given } });
}

/** The answer's body. */
export function answerBody(id: unknown, text: unknown): string {
  return JSON.stringify({ jsonrpc: '2.0', id, result: { content: [{ type: 'text', text }] } });
}

/** A text that makes the body of a call {@link CALL_BYTES} long. */
export const CALL_TEXT = 'x'.repeat(CALL_BYTES - callBody(FIRST_ID, '').length);

/** Stands once in every event, and nowhere else in an answer's body. */
export const EVENT_MARK = '~';

/** An event of a stream, as bytes: a small log message. */
export function eventBytes(n: number): Buffer {
  const params = { level: 'info', logger: 'bench', data: `${EVENT_MARK} ${callId(n)}` };
  const message = { jsonrpc: '2.0', method: 'notifications/message', params };
  return Buffer.from(`event: message\ndata: ${JSON.stringify(message)}\n\n`);
}
