import { mayBeAsked } from '../mcp/input-capability.ts';
import { INTERNAL_ERROR, INVALID_PARAMS, memberOf, type Outcome, type RpcRequest, refused } from '../mcp/rpc.ts';
import type { BackContext, Errand } from './context.ts';
import {
  INPUT_METHODS,
  inputRequired,
  isAskable,
  requiredElicitations,
  responseTo,
  toInputRequest,
} from './input-required.ts';
import { type Hello, logLevelOf, toLegacyParams, toModernNotification, toModernOutcome } from './legacy-message.ts';
import type { UsedSession } from './mcp-sessions.ts';
import { CANCELLED, noAnswer } from './outcomes.ts';
import { type AskedQuestion, createSuspendedCalls, type Suspended } from './suspended-calls.ts';
import { startCall, type UpstreamCall } from './upstream-call.ts';

/** Carries requests through MCP sessions, with the questions that servers ask along the way. */
export interface LegacyCalls {
  /**
   * Sends a request and gives its outcome, or the questions that the client has to answer first.
   *
   * @throws {LanyardError} where the answer broke off.
   */
  pass(request: RpcRequest, errand: Errand, used: UsedSession, hello: Hello): Promise<Outcome>;
  /** Goes on with a request that waits, by the answers that its retry brings. Throws as `pass`. */
  goOn(retry: RpcRequest, errand: Errand): Promise<Outcome>;
  end(conversationId: string): void;
  reset(): void;
}

/** A request on its way. */
interface Passage {
  readonly request: RpcRequest;
  readonly errand: Errand;
  readonly used: UsedSession;
  readonly hello: Hello;
}

/** No calls yet. */
export function createLegacyCalls(context: BackContext): LegacyCalls {
  const { access, newId, schedule } = context;
  const suspended = createSuspendedCalls(schedule);

  // While it waits, a call goes on using its MCP session.
  const suspend = (waiting: Suspended): Outcome => {
    const state = newId();
    const used = waiting.used.hold();
    if (!suspended.put(state, { ...waiting, used })) {
      waiting.call?.cancel();
      used.release();
      return refused(INTERNAL_ERROR, `Too many calls to ${access.server.title} wait for answers. Try again later.`);
    }
    const questions = [...waiting.questions].map(([key, { question }]) => [key, question] as const);
    return inputRequired(new Map(questions), state);
  };

  const ask = (passage: Passage, asked: readonly AskedQuestion[], call: UpstreamCall | undefined): Outcome =>
    suspend({
      conversation: passage.errand.conversation,
      used: passage.used,
      request: passage.request,
      hello: passage.hello,
      questions: new Map(asked.map((question, index) => [`question-${index + 1}`, question])),
      call,
    });

  const start = ({ request, errand, used, hello }: Passage): UpstreamCall => {
    const { session } = used;
    const { method } = request;
    const id = session.nextId();
    const params = toLegacyParams(request.params, id);
    let leave = () => {};
    const call = startCall(
      context,
      {
        headers: session.headers,
        hasId: hello.mcpSessionId !== undefined,
        post: session.post,
        reply: session.reply,
        closed: session.closed,
        mayAsk: (question) => INPUT_METHODS.has(method) && mayBeAsked(question, session.profile.capabilities),
        onOver: () => leave(),
      },
      { jsonrpc: '2.0', id, method, ...(params && { params }) },
      errand.meter,
    );
    leave = used.events.join(call);
    return call;
  };

  const nextStep = async ({ request, errand }: Passage, call: UpstreamCall) => {
    const { signal, meter, notify } = errand;
    const cancel = () => call.cancel();
    if (signal.aborted) cancel();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      return await call.next((notification) => {
        const translated = toModernNotification(notification, request.params);
        if (translated) notify(translated);
      }, meter);
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  };

  /** Follows a call to its outcome or its next questions; `undefined` where its MCP session was gone already. */
  const follow = async (passage: Passage, call: UpstreamCall): Promise<Outcome | undefined> => {
    const { request, used, hello } = passage;
    const step = await nextStep(passage, call);
    if (step.kind === 'expired') return undefined;
    if (step.kind === 'input') {
      const asked = step.questions.map((question) => ({ question: toInputRequest(question), requestId: question.id }));
      return ask(passage, asked, call);
    }
    const elicitations = INPUT_METHODS.has(request.method) ? requiredElicitations(step.outcome) : [];
    const { capabilities } = used.session.profile;
    if (elicitations.length === 0 || !elicitations.every((question) => mayBeAsked(question, capabilities)))
      return toModernOutcome(request.method, step.outcome, hello);
    const asked = elicitations.map((question) => ({ question, requestId: undefined }));
    return ask(passage, asked, undefined);
  };

  const pass = async (request: RpcRequest, errand: Errand, used: UsedSession, hello: Hello): Promise<Outcome> => {
    const { session } = used;
    const attempt = async (present: Hello) => {
      const asks = isAskable(request.method, session.profile.capabilities);
      if (asks && present.mcpSessionId !== undefined) await used.events.keepOpen();
      await session.setLogLevel(logLevelOf(request.params), errand.meter);
      if (errand.signal.aborted) return CANCELLED;
      const passage = { request, errand, used, hello: present };
      return follow(passage, start(passage));
    };
    const outcome = await attempt(hello);
    if (outcome) return outcome;
    // A server that has lost the MCP session has not looked at the request.
    session.lost(hello);
    const opening = await session.open('call', errand.meter);
    if (opening.kind !== 'open') return opening.outcome;
    return (await attempt(opening.hello)) ?? noAnswer(access.server, 404);
  };

  const resume = async (waiting: Suspended, retry: RpcRequest, errand: Errand): Promise<Outcome> => {
    const { questions, call, used, hello } = waiting;
    const responses = [...questions].map(([key, asked]) => ({ key, asked, response: responseTo(key, retry.params) }));
    if (!call) {
      const isAccepted = responses.every(({ response }) => memberOf(response, 'action') === 'accept');
      if (isAccepted) return pass(retry, errand, used, hello);
      return refused(INTERNAL_ERROR, `${access.server.title} needs this to be confirmed first, and it was not.`);
    }
    for (const { asked, response } of responses) {
      if (!response || asked.requestId === undefined) continue;
      const status = await used.session.post({ jsonrpc: '2.0', id: asked.requestId, result: response });
      if (errand.signal.aborted || status < 400) continue;
      call.cancel();
      return noAnswer(access.server, status);
    }
    const open = responses.filter(({ response }) => !response);
    if (open.length > 0 && !errand.signal.aborted)
      return suspend({ ...waiting, questions: new Map(open.map(({ key, asked }) => [key, asked])) });
    const passage = { request: retry, errand, used, hello };
    return (await follow(passage, call)) ?? noAnswer(access.server, 404);
  };

  return {
    pass,
    goOn: async (retry, errand) => {
      const state = memberOf(retry.params, 'requestState');
      const waiting = suspended.take(state, errand.conversation.id, retry);
      if (!waiting) {
        if (errand.signal.aborted) return CANCELLED;
        return refused(INVALID_PARAMS, 'The request that this continues is over or was not this one. Ask again.');
      }
      try {
        return await resume(waiting, retry, errand);
      } finally {
        waiting.used.release();
      }
    },
    end: suspended.end,
    reset: suspended.reset,
  };
}
