import { LanyardError } from '../../../shared/errors.ts';
import type { Exchange, Responder } from '../mcp/responder.ts';
import { type Era, META, metaOf } from '../mcp/revisions.ts';
import { HEADER_MISMATCH, MISSING_CLIENT_CAPABILITY, memberOf, type Outcome, type RpcRequest } from '../mcp/rpc.ts';
import type { BackContext, EraBack, Errand } from './context.ts';
import { createLegacyBack } from './legacy-back.ts';
import { createMeter } from './meter.ts';
import { createModernBack } from './modern-back.ts';
import { noAnswer } from './outcomes.ts';

export type { BackContext } from './context.ts';

/** Refusals that only servers of the modern era know. */
const MODERN_REFUSALS: readonly number[] = [HEADER_MISMATCH, MISSING_CLIENT_CAPABILITY];

/** How long a server may take to say what it speaks before it is taken to be old, in ms: some hang on what they do not know. */
const PROBE_LIMIT_MS = 20_000;

const other = (era: Era): Era => (era === 'modern' ? 'legacy' : 'modern');

// Keys that belong to one request alone, and not to the question of what the server speaks.
function toDiscover(request: RpcRequest): RpcRequest {
  const { [META.logLevel]: _level, progressToken: _token, ...meta } = metaOf(request.params);
  return { jsonrpc: '2.0', id: request.id, method: 'server/discover', params: { _meta: meta } };
}

function isOfModernServer(outcome: Outcome): boolean {
  return 'result' in outcome
    ? Array.isArray(memberOf(outcome.result, 'supportedVersions'))
    : MODERN_REFUSALS.includes(outcome.error.code);
}

/**
 * A responder for one server of whichever era it speaks. Before the first request the server is asked
 * `server/discover`, and what it is found to speak is kept in its traits. A server that has changed since is noticed by
 * its refusals.
 */
export function createServerBack(context: BackContext): Responder {
  const { access, record, schedule } = context;
  const { traits, server } = access;
  const backs: Record<Era, EraBack> = { modern: createModernBack(context), legacy: createLegacyBack(context) };
  let probe: Promise<Era> | undefined;

  // A server of the legacy era may answer a request that it half understands: only a discovery counts.
  const ask = async (request: RpcRequest, errand: Errand): Promise<Era> => {
    const silent: Errand = { ...errand, notify: () => {} };
    const outcome = await backs.modern.answer(toDiscover(request), silent);
    const isModern = outcome !== undefined && isOfModernServer(outcome);
    if (isModern) traits.learnEra('modern', true);
    return isModern ? 'modern' : 'legacy';
  };

  const firstEra = async (request: RpcRequest, errand: Errand): Promise<Era> => {
    const isModern = traits.speaks('modern');
    if (isModern) return 'modern';
    if (isModern === false && traits.speaks('legacy') !== false) return 'legacy';
    // Whoever asks first asks for all; who gives up must not take it from the others.
    const limit = new AbortController();
    const callOff = probe ? () => {} : schedule(PROBE_LIMIT_MS, () => limit.abort());
    probe ??= ask(request, { ...errand, signal: limit.signal }).finally(() => {
      callOff();
      probe = undefined;
    });
    return probe;
  };

  const answerIn = async (era: Era, request: RpcRequest, errand: Errand): Promise<Outcome | undefined> => {
    const outcome = await backs[era].answer(request, errand);
    if (errand.signal.aborted) return outcome;
    if (outcome === undefined) traits.learnEra(era, false);
    else if ('result' in outcome) {
      traits.learnEra(era, true);
      // What it made of the discovery was no clear word; this is one.
      if (era === 'legacy' && traits.speaks('modern') === undefined) traits.learnEra('modern', false);
    }
    return outcome;
  };

  const answer = async (request: RpcRequest, errand: Errand): Promise<Outcome> => {
    const era = await firstEra(request, errand);
    const outcome = (await answerIn(era, request, errand)) ?? (await answerIn(other(era), request, errand));
    return outcome ?? noAnswer(server, 404);
  };

  return {
    answer: async (request, exchange: Exchange) => {
      const { meter, toRecord } = createMeter(server.name, request, exchange);
      const { conversation, signal } = exchange;
      const errand: Errand = {
        conversation,
        signal,
        notify: (notification) => {
          if (!signal.aborted) exchange.notify(notification);
        },
        meter,
      };
      let isAnswered = false;
      let fault: LanyardError | undefined;
      try {
        const outcome = await answer(request, errand);
        isAnswered = true;
        return outcome;
      } catch (error) {
        if (error instanceof LanyardError) fault = error;
        throw error;
      } finally {
        record(toRecord(isAnswered, fault));
      }
    },
    end: (conversationId) => {
      for (const back of Object.values(backs)) back.end(conversationId);
    },
    reset: () => {
      for (const back of Object.values(backs)) back.reset();
    },
  };
}
