import { MESSAGE_LIMIT_BYTES } from '../mcp/message-limit.ts';
import { revisionOf } from '../mcp/revisions.ts';
import {
  INVALID_PARAMS,
  INVALID_REQUEST,
  type Members,
  memberOf,
  type Outcome,
  PARSE_ERROR,
  refused,
} from '../mcp/rpc.ts';
import { inspectKeys } from './json-text.ts';
import { answerableId, codeOf, judgeMessage, type MessageVerdict } from './judge-message.ts';
import { isReadOtherwise, type RuledHeaders } from './ruled-headers.ts';
import { refusalSentence, refusedCall, type ToolVerdict } from './tool-rules.ts';

/** Parsers of servers give up from a depth of 64 on (.NET), or crash at some thousands. No tool takes so many keys. */
const LIMITS = { depth: 200, keys: 100_000 } as const;

/** Messages of a batch. */
const BATCH_LIMIT = 1_000;

/** Longest part of a name that is kept for the journal, in characters. */
const KEPT_NAME_LIMIT = 128;

/** What becomes of a client's body. `response` is JSON on one line: the body of an HTTP answer, or a line. */
export type BodyVerdict =
  /** Passes on, as the bytes it came in. */
  | { readonly kind: 'pass' }
  /** The rules refuse a call in it. `tool` is the first one, cut to a bounded length; `response` answers the whole body. */
  | {
      readonly kind: 'refused';
      readonly status: 200 | 400;
      readonly response: string;
      readonly tool: string;
      readonly reason: (ToolVerdict & { readonly allowed: false })['reason'];
    }
  /** It could be understood in more than one way, or not at all. */
  | { readonly kind: 'malformed'; readonly status: 400 | 404 | 413; readonly response: string };

const PASS: BodyVerdict = { kind: 'pass' };

const line = (id: string | number | null, outcome: Outcome) => JSON.stringify({ jsonrpc: '2.0', id, ...outcome });

function notTaken(status: 400 | 404 | 413, code: number, sentence: string, message?: unknown): BodyVerdict {
  return { kind: 'malformed', status, response: line(answerableId(message), refused(code, sentence)) };
}

// Bytes that are no UTF-8 become something else in every reader. A byte order mark stays, and is no JSON.
function readText(body: Buffer | string): string | undefined {
  if (typeof body === 'string') return body;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return undefined;
  }
}

const FINDINGS = {
  repeated: 'A key is there twice in one object.',
  'too-deep': 'The body is nested too deeply.',
  'too-many': 'The body has too many keys.',
} as const;

function readDocument(text: string | undefined): { readonly document: unknown } | { readonly sentence: string } {
  if (text === undefined) return { sentence: 'The body is not UTF-8.' };
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return { sentence: 'The body is not JSON.' };
  }
  const finding = inspectKeys(text, LIMITS);
  return finding === 'fine' ? { document } : { sentence: FINDINGS[finding] };
}

function outcomeOf(message: unknown, { tool, verdict }: MessageVerdict & { kind: 'refused' }, title: string): Outcome {
  const params = memberOf(message, 'params');
  // Revision 2025-11-25: whoever asks for a task gets a task or an error, and understands no result.
  if (memberOf(params, 'task') !== undefined) return refused(INVALID_PARAMS, refusalSentence(title, tool, verdict));
  const result = refusedCall(title, tool, verdict);
  if (revisionOf(params) !== undefined) return { result };
  // Legacy revisions know no result types.
  const { resultType: _, ...legacy } = result;
  return { result: legacy as Members };
}

type Judged = readonly { readonly message: unknown; readonly verdict: MessageVerdict }[];

function refuse(judged: Judged, isBatch: boolean, title: string): BodyVerdict | undefined {
  const first = judged.find(({ verdict }) => verdict.kind === 'refused')?.verdict;
  if (first?.kind !== 'refused') return undefined;
  const notRun = refused(INVALID_REQUEST, 'Not done: the policy does not allow another call of the same batch.');
  const responses = judged
    // Only what has an id and a method waits for an answer.
    .filter(({ message }) => memberOf(message, 'method') !== undefined && memberOf(message, 'id') !== undefined)
    .map(({ message, verdict }) =>
      line(answerableId(message), verdict.kind === 'refused' ? outcomeOf(message, verdict, title) : notRun),
    );
  const none = line(null, refused(INVALID_REQUEST, refusalSentence(title, first.tool, first.verdict)));
  return {
    kind: 'refused',
    status: responses.length > 0 ? 200 : 400,
    response: responses.length === 0 ? none : isBatch ? `[${responses.join(',')}]` : (responses[0] ?? none),
    tool: first.tool.slice(0, KEPT_NAME_LIMIT),
    reason: first.verdict.reason,
  };
}

/**
 * Judges the body of a client's HTTP request, of any method, or a line of a stdio client, for a server that has rules.
 * What passes may go on as it is; anything that another reader may understand in another way does not pass. In a batch
 * (revision 2025-03-26) one refused call refuses all.
 *
 * @param body bytes as they came, or a line that goes on as the UTF-8 of this text.
 * @param headers of an HTTP request; none on stdio.
 * @param title of the server, for the sentence that a model reads.
 */
export function judgeBody(
  body: Buffer | string,
  headers: RuledHeaders,
  judge: (name: string) => ToolVerdict,
  title: string,
): BodyVerdict {
  if (Buffer.byteLength(body) > MESSAGE_LIMIT_BYTES)
    return notTaken(413, INVALID_REQUEST, 'The body is too large to be judged by the rules of this server.');
  const otherwise = isReadOtherwise(headers);
  if (otherwise !== undefined) return notTaken(400, INVALID_REQUEST, otherwise);
  const read = readDocument(readText(body));
  if ('sentence' in read) return notTaken(400, PARSE_ERROR, read.sentence);
  const { document } = read;
  const isBatch = Array.isArray(document);
  const messages: readonly unknown[] = isBatch ? document : [document];
  if (messages.length === 0 || messages.length > BATCH_LIMIT)
    return notTaken(400, INVALID_REQUEST, `A batch has 1 to ${BATCH_LIMIT} messages.`);
  const judged = messages.map((message) => ({ message, verdict: judgeMessage(message, headers, judge) }));
  for (const { message, verdict } of judged) {
    if (verdict.kind === 'pass' || verdict.kind === 'refused') continue;
    // An unknown method is 404 in revision 2026-07-28, basic/transports.
    const status = verdict.kind === 'method' ? 404 : 400;
    return notTaken(status, codeOf(verdict), verdict.sentence, isBatch ? undefined : message);
  }
  return refuse(judged, isBatch, title) ?? PASS;
}
