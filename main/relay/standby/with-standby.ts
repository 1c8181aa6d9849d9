import { LanyardError } from '../../../shared/errors.ts';
import { type Schedule, systemSchedule } from '../../../shared/schedule.ts';
import type { Exchange, Responder } from '../mcp/responder.ts';
import type { Outcome, RpcRequest } from '../mcp/rpc.ts';
import { personChanged } from '../server-faults.ts';
import { listenLastingly } from './lasting-listen.ts';
import { watchReturns } from './returns-watch.ts';
import { signInAddress } from './sign-in-address.ts';
import { isSigningIn, withoutSignInAnswer } from './sign-in-round.ts';
import type { Unanswered } from './standby-facts.ts';
import { type StandbyFacts, standbyOutcome, statusOutcome } from './standby-outcome.ts';
import { hasStatusTool, isStatusCall, NO_FAULT } from './status-tool.ts';

/** What {@link withStandby} works with. */
export interface StandbyContext {
  /** What there is to say, for the fault that kept the server's answer away. */
  facts(error: LanyardError): StandbyFacts;
  /** Calls back when the server may be reached again. Gives what ends that. */
  onReturn(listener: () => void): () => void;
  /** Hears of each request that has to be answered here, and why. */
  readonly onUnanswered?: ((request: Unanswered, error: LanyardError) => void) | undefined;
  /** The machine's timers unless a test says otherwise. */
  readonly schedule?: Schedule;
}

/** A call waits so long for a sign-in that its person has begun, in ms: the usual client gives up after a minute. */
const SIGN_IN_WAIT_MS = 45_000;

/**
 * A responder whose unanswered requests standby answers. Listening streams stay open while the server is away; when it
 * is back, their clients hear that the lists are other ones, and the stream goes on at the server. A call whose person
 * went to the sign-in waits for it. The tool `lanyard_status` is answered also when the server is there: some clients
 * keep the list that they began with.
 */
export function withStandby(responder: Responder, context: StandbyContext): Responder {
  const { onReturn, schedule = systemSchedule } = context;
  let resets = 0;
  let person = new AbortController();

  /** The server's outcome, or where it gave none, what there is to say. */
  const attempt = async (
    request: RpcRequest,
    exchange: Exchange,
  ): Promise<Outcome | { readonly facts: StandbyFacts }> => {
    try {
      return await responder.answer(withoutSignInAnswer(request), exchange);
    } catch (error) {
      if (!(error instanceof LanyardError) || exchange.signal.aborted) throw error;
      context.onUnanswered?.({ client: exchange.conversation.client, method: request.method }, error);
      return { facts: context.facts(error) };
    }
  };

  const settle = async (request: RpcRequest, exchange: Exchange): Promise<Outcome> => {
    const tried = await attempt(request, exchange);
    return 'facts' in tried ? standbyOutcome(request, tried.facts) : tried;
  };

  /** The person went to the sign-in, which may be over at any moment. */
  const settleAfterSignIn = async (request: RpcRequest, exchange: Exchange): Promise<Outcome> => {
    const tooLong = new AbortController();
    const callOff = schedule(SIGN_IN_WAIT_MS, () => tooLong.abort());
    const returns = watchReturns(onReturn);
    const { signal: otherPerson } = person;
    try {
      const tried = await attempt(request, exchange);
      if (!('facts' in tried)) return tried;
      if (signInAddress(tried.facts) === undefined) return standbyOutcome(request, tried.facts);
      await returns.next(AbortSignal.any([exchange.signal, tooLong.signal, otherPerson]));
    } finally {
      returns.stop();
      callOff();
    }
    // Their call is not the next one's to make.
    if (otherPerson.aborted) return standbyOutcome(request, context.facts(personChanged()));
    return settle(request, exchange);
  };

  return {
    answer: async (request, exchange) => {
      if (request.method === 'subscriptions/listen')
        return listenLastingly(request, exchange, { responder, onReturn, resets: () => resets, schedule });
      if (isStatusCall(request)) {
        const facts = context.facts(NO_FAULT);
        if (!hasStatusTool(facts.lists)) return statusOutcome(facts);
      }
      return isSigningIn(request) ? settleAfterSignIn(request, exchange) : settle(request, exchange);
    },
    end: (conversationId) => responder.end(conversationId),
    reset: () => {
      resets += 1;
      person.abort();
      person = new AbortController();
      responder.reset();
    },
  };
}
