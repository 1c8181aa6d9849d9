import { LanyardError } from '../../../shared/errors.ts';
import { judgeFirstAnswer } from '../first-answer.ts';
import { parseRpc } from '../mcp/rpc.ts';
import {
  messageHeaders,
  type Negotiated,
  negotiatedRevision,
  type OutgoingMessage,
  sessionHeaders,
} from '../message.ts';
import type { StdioAnswer } from '../stdio-answer.ts';
import { type LineContext, settleUnanswered, writeRefusal } from './line-context.ts';
import { keepListening } from './listening.ts';
import { announced, createSessionMemory, type Kept } from './session-memory.ts';
import type { Posting } from './wire.ts';

/** How long a message waits for a notification before it to be taken, in ms: a server that hangs must not hold all. */
const ORDER_LIMIT_MS = 5_000;

/** A server need not answer a request that was cancelled; its stream is closed after this time, in ms. */
const CANCELLED_MS = 5_000;

/** An MCP session that is forgotten as soon as it was opened is not opened for ever. */
const REOPEN_LIMIT = 3;

/** Whoever translates has taken over. */
type Elsewhere = 'elsewhere';

/** One MCP session with the server, as it was opened. */
interface Upstream {
  readonly negotiated: Negotiated;
  readonly close: () => void;
}

/** A client that sends no `initialize`: what it says goes to the server all the same, whose answer it then gets. */
const NEVER_OPENED: Upstream = { negotiated: {}, close: () => {} };

/** A stdio client of the legacy era, whose messages go to its server as they are. */
export interface LegacyLine {
  /** Whether the client has opened a conversation in this era that still goes directly to the server. */
  readonly isOpen: boolean;
  /** Resolves when the next message may be handled. */
  handle(message: OutgoingMessage, line: string): Promise<void>;
  /** Ends the MCP session at the server. */
  close(): void;
}

/**
 * Adds what only HTTP has: headers, the MCP session, the listening stream. Where the server has forgotten the MCP
 * session, or there was none yet since standby had to answer `initialize`, it is opened with the client's own
 * `initialize`, unseen, and brought to where it was.
 */
export function createLegacyLine(context: LineContext): LegacyLine {
  const { server, outlet, wire, schedule } = context;
  const { traits, keeper } = server.access;
  const inFlight = new Map<string | number, Posting>();
  const memory = createSessionMemory();
  let upstream: Upstream | undefined;
  let opening: Promise<Upstream | Elsewhere> | undefined;
  let handedOver = false;
  let cancelWaiting: (() => void) | undefined;
  let cancelReset = () => {};
  let closed = false;

  const headersFor = (message: OutgoingMessage, { negotiated }: Upstream) => messageHeaders(message, negotiated);

  const unheard = ({ mcpSessionId }: StdioAnswer, revision: string): Upstream => ({
    negotiated: { revision, mcpSessionId },
    close: () => {},
  });
  // Only after the client's "initialized": before that, servers send nothing.
  const heard = ({ negotiated }: Upstream): Upstream => ({
    negotiated,
    close: keepListening({ wire, headers: sessionHeaders(negotiated), onMessage: outlet.write, schedule }),
  });

  const forget = () => {
    upstream?.close();
    upstream = undefined;
  };

  // As another person, or as nobody, the MCP session may not go on.
  const watchReset = () => {
    cancelReset = keeper.onReset(() => {
      forget();
      waitForReturn();
      if (!closed) watchReset();
    });
  };

  const waitForReturn = () => {
    if (cancelWaiting || closed) return;
    cancelWaiting = server.standby.onReturn(() => {
      cancelWaiting?.();
      cancelWaiting = undefined;
      if (upstream || !memory.initialized) return;
      ensure()
        .then(() => {
          for (const line of announced(memory.capabilities)) outlet.write(line);
        })
        .catch(waitForReturn);
    });
  };

  // The client has its answer to these already; what else comes with them is for it.
  const postUnseen = (line: string, message: OutgoingMessage, headers: readonly string[]) => {
    const kept: string[] = [];
    const { answered } = wire.post(message, line, {
      headers,
      onMessage: (text) => {
        const parsed = parseRpc(text);
        if (parsed && !('method' in parsed)) kept.push(text);
        else outlet.write(text);
      },
    });
    return answered.then((answer) => ({ answer, text: kept[0] ?? '' }));
  };

  // The server, reached at last, speaks the other era only: whoever translates takes over from here.
  const handOver = ({ line }: Kept): Elsewhere => {
    traits.learnEra('legacy', false);
    for (const unseen of [line, ...memory.replay().map((kept) => kept.line)])
      context.translateUnseen(JSON.parse(unseen));
    handedOver = true;
    return 'elsewhere';
  };

  const reopen = async (): Promise<Upstream | Elsewhere> => {
    const first = memory.opening;
    if (!first) return NEVER_OPENED;
    if (traits.speaks('legacy') === false) return handOver(first);
    const { answer, text } = await postUnseen(first.line, first.message, messageHeaders(first.message, {}));
    if (answer.fault) throw answer.fault;
    const shown = judgeFirstAnswer({ era: 'legacy', opens: 'initialize', status: answer.status, text });
    if (shown === 'declare-ema' && !traits.wantsEma) {
      traits.learnEma();
      return reopen();
    }
    if (shown === 'wrong-era') return handOver(first);
    const revision = negotiatedRevision(text);
    if (revision === undefined) throw notOpened(server.access.server.title);
    const opened = unheard(answer, revision);
    for (const { message, line } of memory.replay()) {
      const { answer: replayed } = await postUnseen(line, message, headersFor(message, opened));
      if (replayed.fault) throw replayed.fault;
    }
    return memory.initialized && !closed ? heard(opened) : opened;
  };

  const ensure = (): Promise<Upstream | Elsewhere> => {
    if (handedOver) return Promise.resolve('elsewhere');
    if (upstream) return Promise.resolve(upstream);
    opening ??= reopen()
      .then((opened) => {
        if (opened !== 'elsewhere') upstream = opened;
        return opened;
      })
      .finally(() => {
        opening = undefined;
      });
    return opening;
  };

  const initialize = async (message: OutgoingMessage, line: string): Promise<void> => {
    memory.open(message, line);
    forget();
    handedOver = false;
    const elsewhere = () => {
      traits.learnEra('legacy', false);
      handedOver = true;
      context.translate(JSON.parse(line));
    };
    if (traits.speaks('legacy') === false) return elsewhere();
    const held: string[] = [];
    const post = wire.post(message, line, {
      headers: messageHeaders(message, {}),
      onMessage: (text) => void held.push(text),
    });
    const answer = await post.answered;
    const response = held.find((text) => !text.includes('"method"')) ?? held[0] ?? '';
    const shown = answer.fault
      ? 'unclear'
      : judgeFirstAnswer({ era: 'legacy', opens: 'initialize', status: answer.status, text: response });
    if (shown === 'declare-ema' && !traits.wantsEma) {
      traits.learnEma();
      return initialize(message, line);
    }
    if (shown === 'wrong-era') return elsewhere();
    if (shown === 'speaks') traits.learnEra('legacy', true);
    for (const text of held) outlet.write(text);
    const revision = negotiatedRevision(response);
    if (revision !== undefined) {
      server.used();
      memory.answered(response);
      upstream = unheard(answer, revision);
    }
    if (answer.answered) return;
    const written = settleUnanswered(context, message, line, answer);
    if (!answer.fault) return;
    memory.answered(written);
    waitForReturn();
  };

  const attempt = async (message: OutgoingMessage, line: string, tries: number): Promise<void> => {
    let used: Upstream | Elsewhere;
    try {
      used = await ensure();
    } catch (error) {
      waitForReturn();
      settleUnanswered(context, message, line, { status: 0, fault: asFault(error) });
      return;
    }
    if (used === 'elsewhere') return context.translate(JSON.parse(line));
    const there = used;
    // What a server refuses with may be for us: its word that the MCP session is over.
    const held: string[] = [];
    const post = wire.post(message, line, {
      headers: headersFor(message, there),
      onMessage: (text, status) => {
        if (status >= 400) held.push(text);
        else outlet.write(text);
      },
      ...(there.negotiated.mcpSessionId !== undefined && { resumeHeaders: sessionHeaders(there.negotiated) }),
    });
    const { id } = message;
    if (id !== undefined) inFlight.set(id, post);
    const answer = await post.answered;
    if (id !== undefined && inFlight.get(id) === post) inFlight.delete(id);
    if (isGone(answer.status, there) && tries < REOPEN_LIMIT) {
      if (upstream === there) forget();
      return attempt(message, line, tries + 1);
    }
    if (writeRefusal(outlet, message, held) || answer.answered) return;
    if (answer.fault) waitForReturn();
    settleUnanswered(context, message, line, answer);
  };

  const tell = async (message: OutgoingMessage, line: string): Promise<void> => {
    memory.told(message, line);
    if (handedOver) return context.translate(JSON.parse(line));
    // Without a server there is nobody to tell; what matters of it is told when there is one.
    const used = memory.opening ? (upstream ?? (await opening?.catch(() => undefined))) : NEVER_OPENED;
    if (!used) return;
    if (used === 'elsewhere') return context.translate(JSON.parse(line));
    const post = wire.post(message, line, { headers: headersFor(message, used), onMessage: outlet.write });
    await Promise.race([post.taken, new Promise<void>((resolve) => void schedule(ORDER_LIMIT_MS, resolve))]);
    if (message.method === 'notifications/initialized' && upstream === used) upstream = heard(used);
    const cancelled = message.cancels === undefined ? undefined : inFlight.get(message.cancels);
    if (cancelled) schedule(CANCELLED_MS, () => cancelled.abort());
  };

  watchReset();
  return {
    get isOpen() {
      return memory.opening !== undefined && !handedOver;
    },
    handle: async (message, line) => {
      if (message.method === 'initialize' && message.kind === 'request') return initialize(message, line);
      if (message.kind !== 'request') return tell(message, line);
      memory.asked(message, line);
      // Requests run side by side.
      void attempt(message, line, 0);
    },
    close: () => {
      closed = true;
      cancelReset();
      cancelWaiting?.();
      const ending = upstream;
      forget();
      if (ending?.negotiated.mcpSessionId !== undefined) wire.endSession(sessionHeaders(ending.negotiated));
    },
  };
}

const isGone = (status: number, { negotiated }: Upstream) => status === 404 && negotiated.mcpSessionId !== undefined;

const asFault = (error: unknown): LanyardError => (error instanceof LanyardError ? error : notOpened(String(error)));

function notOpened(title: string): LanyardError {
  return new LanyardError({
    code: 'mcp-session-refused',
    user: `${title} does not take up this conversation again. Restart the app that uses it.`,
    administrator: `${title} refused the client's own initialize when it was sent again after its MCP session had ended.`,
    recovery: { kind: 'retry' },
  });
}
