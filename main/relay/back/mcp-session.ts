import { createHash } from 'node:crypto';
import { LEGACY_REVISIONS, META, metaOf } from '../mcp/revisions.ts';
import {
  INTERNAL_ERROR,
  type Members,
  type Outcome,
  type RequestId,
  type RpcMessage,
  type RpcRequest,
  refused,
} from '../mcp/rpc.ts';
import { messageHeaders, sessionHeaders } from '../message.ts';
import { type Asked, askServer, LINGER_MS } from './ask-server.ts';
import type { BackContext } from './context.ts';
import { demandsEma, withEma } from './ema.ts';
import { type Opening, readOpening } from './hello.ts';
import type { Hello } from './legacy-message.ts';
import type { Meter } from './meter.ts';
import { noAnswer } from './outcomes.ts';
import { openStream } from './server-stream.ts';

/** How long a server may take to open an MCP session, in ms. */
const OPENING_LIMIT_MS = 60_000;

/** How long a server may take with what is only between us and it, such as the end of an MCP session, in ms. */
const UPKEEP_LIMIT_MS = 10_000;

/** Answers of our own that a server may leave untaken: one that asks without end gets no more until it has taken some. */
const REPLY_LIMIT = 64;

/** What a server of the legacy era is told of a client. */
export interface ClientProfile {
  readonly info: Members;
  readonly capabilities: Members;
}

/** For clients that do not name themselves, which the legacy era demands. */
const NAMELESS: Members = { name: 'lanyard', version: '1' };

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Who asks, from a modern request's `_meta`. */
export function profileOf(request: RpcRequest): ClientProfile {
  const { [META.clientInfo]: info, [META.clientCapabilities]: capabilities } = metaOf(request.params);
  return { info: isMembers(info) ? info : NAMELESS, capabilities: isMembers(capabilities) ? capabilities : {} };
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (!isMembers(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((name) => [name, inOrder(value[name])]),
  );
}

/** The same for the same capabilities, in whatever order they are named. */
export function fingerprintOf(capabilities: Members): string {
  return createHash('sha256')
    .update(JSON.stringify(inOrder(capabilities)))
    .digest('base64url');
}

/** An MCP session with a server of the legacy era; opened with the first request, and again when the server lost it. */
export interface McpSession {
  readonly profile: ClientProfile;
  /** Aborted when it is closed. */
  readonly closed: AbortSignal;
  /**
   * Opens it, unless it is open. Callers share one `initialize`.
   *
   * @throws {LanyardError} where the server was not reached.
   */
  open(purpose: 'call' | 'upkeep', meter?: Meter): Promise<Opening>;
  /** The server has lost the MCP session that began with `hello`: the next `open` begins another. */
  lost(hello: Hello): void;
  /** Begins another one in place of the present. */
  reopen(): Promise<unknown>;
  /** How long the server took to take a message, in ms. */
  tripMs(): number;
  /** An id that no other request of this MCP session has. */
  nextId(): number;
  headers(message?: RpcMessage): string[];
  /** Whether the server is known to keep no MCP sessions: it hears of us by single requests alone. */
  readonly isStateless: boolean;
  /** Sends a request whose answer concerns nobody but us, and which is called off after the limit. */
  ask(method: string, params: Members, limits: { readonly limitMs: number; readonly meter?: Meter }): Promise<Asked>;
  /** Sends a notification or a response; gives the HTTP status, or 0 where the server gave none in ten seconds. */
  post(message: RpcMessage): Promise<number>;
  /** Answers a request of the server by ourselves, unless it has not taken many answers before. */
  reply(id: RequestId, outcome: Outcome): void;
  /** Asks for log messages of at least this level, unless that was asked before. */
  setLogLevel(level: string | undefined, meter?: Meter): Promise<void>;
  /** Hears of every `initialize` that succeeded. */
  onOpen(listener: (hello: Hello) => void): void;
  /** Ends it; `tell` says whether the server is told by DELETE. */
  close(tell: boolean): void;
}

/** An MCP session that is not open yet. */
export function createMcpSession({ access, schedule }: BackContext, profile: ClientProfile): McpSession {
  const { server, traits } = access;
  const over = new AbortController();
  const listeners: ((hello: Hello) => void)[] = [];
  let ids = 0;
  let current: Hello | undefined;
  let opening: Promise<Opening> | undefined;
  let logLevel: string | undefined;
  let tripMs = 0;
  let replies = 0;

  const nextId = () => {
    ids += 1;
    return ids;
  };

  const negotiated = () => ({ revision: current?.revision, mcpSessionId: current?.mcpSessionId });

  const headers = (message?: RpcMessage) =>
    message
      ? messageHeaders({ kind: 'request' }, negotiated())
      : ['accept', 'text/event-stream', ...sessionHeaders(negotiated())];

  const post = async (message: RpcMessage): Promise<number> => {
    const taken = Promise.withResolvers<number>();
    const abort = () => stream.abort();
    const stream = openStream(access, {
      method: 'POST',
      purpose: 'upkeep',
      headers: headers(message),
      message,
      onHead: (status) => {
        taken.resolve(status);
        schedule(LINGER_MS, abort);
      },
    });
    stream.ended.then(({ fault, status }) => (fault && status === 0 ? taken.reject(fault) : taken.resolve(status)));
    const callOff = schedule(UPKEEP_LIMIT_MS, abort);
    over.signal.addEventListener('abort', abort, { once: true });
    try {
      return await taken.promise;
    } finally {
      callOff();
      over.signal.removeEventListener('abort', abort);
    }
  };

  const send = (method: string, params: Members, signal: AbortSignal, purpose: 'call' | 'upkeep', meter?: Meter) => {
    const request: RpcRequest = { jsonrpc: '2.0', id: nextId(), method, params };
    return askServer(request, { access, schedule, headers: headers(request), purpose, meter, signal });
  };

  const ask: McpSession['ask'] = async (method, params, { limitMs, meter }) => {
    const limit = new AbortController();
    const callOff = schedule(limitMs, () => limit.abort());
    try {
      return await send(method, params, AbortSignal.any([over.signal, limit.signal]), 'call', meter);
    } finally {
      callOff();
    }
  };

  const initialize = async (purpose: 'call' | 'upkeep', meter?: Meter): Promise<Opening> => {
    current = undefined;
    logLevel = undefined;
    const limit = new AbortController();
    const callOff = schedule(OPENING_LIMIT_MS, () => limit.abort());
    const signal = AbortSignal.any([over.signal, limit.signal]);
    const tooSlow = (): Outcome => refused(INTERNAL_ERROR, `${server.title} did not answer in time.`);
    const begin = () => {
      const capabilities = withEma(profile.capabilities, traits);
      const params = { protocolVersion: LEGACY_REVISIONS[0], capabilities, clientInfo: profile.info };
      return send('initialize', params, signal, purpose, meter);
    };
    try {
      const knewEma = traits.wantsEma;
      let asked = await begin();
      if (asked.outcome && !knewEma && demandsEma(asked.outcome)) {
        traits.learnEma();
        asked = await begin();
      }
      const given = readOpening(server.title, asked, () =>
        signal.aborted ? tooSlow() : noAnswer(server, asked.status),
      );
      if (given.kind !== 'open') return given;
      current = given.hello;
      // Whatever a server thinks of it, the request that comes next will tell.
      const sentAt = performance.now();
      await post({ jsonrpc: '2.0', method: 'notifications/initialized' }).catch(() => {});
      tripMs = performance.now() - sentAt;
      for (const listener of listeners) listener(given.hello);
      return given;
    } finally {
      callOff();
    }
  };

  const open = (purpose: 'call' | 'upkeep', meter?: Meter): Promise<Opening> => {
    if (opening) return opening;
    const begun = initialize(purpose, meter);
    opening = begun;
    const forget = () => {
      if (opening === begun) opening = undefined;
    };
    begun.then(({ kind }) => {
      if (kind !== 'open') forget();
    }, forget);
    return begun;
  };

  return {
    profile,
    closed: over.signal,
    open,
    lost: (hello) => {
      if (current === hello) opening = undefined;
    },
    reopen: () => {
      // Where it is being opened already, that one will do.
      if (current) opening = undefined;
      return open('upkeep');
    },
    get isStateless() {
      return current !== undefined && current.mcpSessionId === undefined;
    },
    tripMs: () => tripMs,
    nextId,
    headers,
    ask,
    post,
    reply: (id, outcome) => {
      if (replies >= REPLY_LIMIT) return;
      replies += 1;
      const settle = () => {
        replies -= 1;
      };
      post({ jsonrpc: '2.0', id, ...outcome }).then(settle, settle);
    },
    setLogLevel: async (level, meter) => {
      if (level === undefined || level === logLevel || current?.capabilities.logging === undefined) return;
      logLevel = level;
      // The request itself matters more than what is logged of it.
      await ask('logging/setLevel', { level }, { limitMs: UPKEEP_LIMIT_MS, ...(meter && { meter }) }).catch(() => {});
    },
    onOpen: (listener) => void listeners.push(listener),
    close: (tell) => {
      if (over.signal.aborted) return;
      over.abort();
      if (!tell || current?.mcpSessionId === undefined) return;
      const farewell = openStream(access, {
        method: 'DELETE',
        purpose: 'background',
        headers: sessionHeaders(negotiated()),
      });
      const callOff = schedule(UPKEEP_LIMIT_MS, () => farewell.abort());
      void farewell.ended.then(callOff);
    },
  };
}
