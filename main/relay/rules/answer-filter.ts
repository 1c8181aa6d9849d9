import { LanyardError } from '../../../shared/errors.ts';
import type { ToolRules } from '../../../shared/tool-rules.ts';
import { HOLDING_COST_BYTES } from '../held-size.ts';
import { MESSAGE_LIMIT_BYTES } from '../mcp/message-limit.ts';
import { createEventSplitter } from './event-splitter.ts';
import { withoutHiddenTools } from './hidden-tools.ts';

const BYTE_ORDER_MARK = '\uFEFF';

/** Takes hidden tools out of a server's answer, chunk by chunk. */
export interface AnswerFilter {
  /**
   * What can go on to the client now.
   *
   * @throws {LanyardError} `answer-too-large`: the answer is to be ended with it.
   */
  push(chunk: Buffer): Buffer[];
  /** What is left when the server has ended its answer. */
  end(): Buffer[];
}

/** The headers of an answer that decide how it is read; absent ones are `undefined`. */
export interface AnswerForm {
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
}

function tooLarge(): LanyardError {
  return new LanyardError({
    code: 'answer-too-large',
    user: 'The answer is too large to be passed on. Ask for less at once.',
    administrator: `A message of more than ${MESSAGE_LIMIT_BYTES} bytes was not passed on: its server has tool rules.`,
    recovery: { kind: 'blocked', reason: 'misconfigured' },
  });
}

function encoded(): LanyardError {
  return new LanyardError({
    code: 'answer-encoded',
    user: 'The answer is compressed, although that was not asked for. Tell your administrator.',
    administrator:
      'A server with tool rules compressed its answer without being asked: its tools could not be filtered.',
    recovery: { kind: 'blocked', reason: 'misconfigured' },
  });
}

// HTML Living Standard section 9.2.6: of each "data" line what follows the colon and one blank; lines joined by LF.
function filterEvent(piece: Buffer, rules: ToolRules): Buffer {
  const text = piece.toString('utf8');
  const lines = (text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text).split(/\r\n|\r|\n/);
  const isData = (line: string) => line === 'data' || line.startsWith('data:');
  const data = lines
    .filter(isData)
    .map((line) => line.slice('data:'.length).replace(/^ /, ''))
    .join('\n');
  const filtered = withoutHiddenTools(data, rules);
  if (filtered === data) return piece;
  const others = lines.filter((line) => line !== '' && !isData(line));
  const written = filtered.split('\n').map((line) => `data: ${line}`);
  return Buffer.from(`${[...others, ...written].join('\n')}\n\n`);
}

function filterJson(body: Buffer, rules: ToolRules): Buffer {
  const text = body.toString('utf8');
  // Web clients skip a byte order mark.
  const json = text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  const filtered = withoutHiddenTools(json, rules);
  return filtered === json ? body : Buffer.from(filtered);
}

function createJsonFilter(rules: ToolRules): AnswerFilter {
  const chunks: Buffer[] = [];
  let size = 0;
  return {
    push: (chunk) => {
      size += chunk.length + HOLDING_COST_BYTES;
      if (size > MESSAGE_LIMIT_BYTES) throw tooLarge();
      chunks.push(chunk);
      return [];
    },
    end: () => (size === 0 ? [] : [filterJson(Buffer.concat(chunks), rules)]),
  };
}

function createEventFilter(rules: ToolRules): AnswerFilter {
  const splitter = createEventSplitter();
  return {
    push: (chunk) => {
      const pieces = splitter.push(chunk);
      if (splitter.heldBytes > MESSAGE_LIMIT_BYTES) throw tooLarge();
      return pieces.map((piece) => filterEvent(piece, rules));
    },
    // An event that was cut off is dispatched by no client, but some try to read it.
    end: () => {
      const rest = splitter.end();
      return rest.length === 0 ? [] : [filterEvent(rest, rules)];
    },
  };
}

const PASS: AnswerFilter = { push: (chunk) => [chunk], end: () => [] };

/**
 * A filter for one answer of a server that has rules, of any HTTP method (an event stream may replay old answers).
 * JSON and event streams are filtered, anything else passes: no client looks for tools in it. What hides no tool passes
 * byte for byte; an event as soon as it is complete. The answer's length may change, so its `Content-Length`, and
 * digests of it, must not go on; the request must not ask for compression (`Accept-Encoding`).
 *
 * @throws {LanyardError} `answer-encoded` where the answer is compressed all the same.
 */
export function createAnswerFilter({ contentType, contentEncoding }: AnswerForm, rules: ToolRules): AnswerFilter {
  const type = contentType?.toLowerCase() ?? '';
  const isEvents = type.includes('event-stream');
  if (!isEvents && !type.includes('json')) return PASS;
  if (contentEncoding !== undefined && contentEncoding.trim().toLowerCase() !== 'identity') throw encoded();
  return isEvents ? createEventFilter(rules) : createJsonFilter(rules);
}
