import { z } from 'zod';
import { capabilityFor, type InputRequest, isCovered } from '../mcp/input-capability.ts';
import {
  INTERNAL_ERROR,
  type Members,
  MISSING_CLIENT_CAPABILITY,
  type Outcome,
  type RpcRequest,
  refused,
} from '../mcp/rpc.ts';

/** A server that needs more is taken to go round in circles. */
const ROUND_LIMIT = 16;

/** Most questions of one round: a person answers them. */
const QUESTION_LIMIT = 32;

/** Pauses before a request is repeated that only has to wait, in ms: the SDK's own, then doubled each time. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;

const inputRequiredSchema = z.looseObject({
  resultType: z.literal('input_required'),
  inputRequests: z
    .record(z.string(), z.looseObject({ method: z.string(), params: z.record(z.string(), z.unknown()).optional() }))
    .optional(),
  requestState: z.string().optional(),
});

/** What going through the rounds of one request needs. */
export interface RoundsContext {
  /** Answers a request of revision 2026-07-28. */
  readonly answer: (request: RpcRequest) => Promise<Outcome>;
  /** Asks the client; settles with an error when the signal aborts. */
  readonly ask: (question: InputRequest, signal: AbortSignal) => Promise<Outcome>;
  /** What the client declared. */
  readonly capabilities: Members;
  readonly newId: () => string;
  /** Resolves after that many ms, or at once when the signal aborts. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Aborted when the client wants no answer any more. */
  readonly signal: AbortSignal;
}

type Answers = { readonly answers: Members } | { readonly error: Outcome };

function refusalOf(key: string, question: InputRequest, capabilities: Members): Outcome | undefined {
  const required = capabilityFor(question);
  if (!required)
    return refused(INTERNAL_ERROR, `The server asked for "${key}" by ${question.method}, which MCP lacks.`);
  if (isCovered(required, capabilities)) return undefined;
  return refused(MISSING_CLIENT_CAPABILITY, `The server needs ${question.method}, which this client does not offer.`, {
    requiredCapabilities: required,
  });
}

/** Asks everything at once; the first refusal calls the other questions off. */
async function askAll(questions: readonly [string, InputRequest][], context: RoundsContext): Promise<Answers> {
  const { ask, capabilities, signal } = context;
  for (const [key, question] of questions) {
    const error = refusalOf(key, question, capabilities);
    if (error) return { error };
  }
  const round = new AbortController();
  const either = AbortSignal.any([signal, round.signal]);
  let error: Outcome | undefined;
  const answers = await Promise.all(
    questions.map(async ([key, question]) => {
      const outcome = await ask(question, either);
      if ('result' in outcome) return [key, outcome.result] as const;
      error ??= outcome;
      round.abort();
      return [key, undefined] as const;
    }),
  );
  return error ? { error } : { answers: Object.fromEntries(answers) };
}

/**
 * Answers a request for a client that knows no rounds: where the server needs input, the client is asked, and the
 * request sent again with what it said and the server's own state (MCP 2026-07-28, basic/patterns/mrtr).
 */
export async function answerInRounds(request: RpcRequest, context: RoundsContext): Promise<Outcome> {
  const { answer, newId, pause, signal } = context;
  let outcome = await answer(request);
  let pauseMs = FIRST_PAUSE_MS;
  for (let round = 1; ; round += 1) {
    if (signal.aborted || 'error' in outcome || outcome.result.resultType !== 'input_required') return outcome;
    const parsed = inputRequiredSchema.safeParse(outcome.result);
    if (!parsed.success) return refused(INTERNAL_ERROR, 'The server asked for input in a way that MCP does not know.');
    const { inputRequests = {}, requestState } = parsed.data;
    const questions = Object.entries(inputRequests);
    if (round > ROUND_LIMIT || questions.length > QUESTION_LIMIT)
      return refused(INTERNAL_ERROR, `The server asks for input without end (${round} rounds).`);
    let inputResponses: Members | undefined;
    if (questions.length > 0) {
      const given = await askAll(questions, context);
      if ('error' in given) return given.error;
      inputResponses = given.answers;
    } else if (requestState === undefined) {
      return refused(INTERNAL_ERROR, 'The server asked for input without saying for what.');
    } else {
      await pause(pauseMs, signal);
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
    if (signal.aborted) return outcome;
    outcome = await answer({
      ...request,
      id: newId(),
      params: {
        ...request.params,
        ...(inputResponses && { inputResponses }),
        ...(requestState !== undefined && { requestState }),
      },
    });
  }
}
