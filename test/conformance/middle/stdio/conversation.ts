import type { Exchange } from './exchange.ts';
import { type Message, type MessageId, readMessage, revisionOf, tokensOf } from './message.ts';

/** Where lines go to and come from. */
export interface LinePipe {
  send(line: string): void;
}

/** Many HTTP exchanges over one pipe. */
export interface Conversation {
  /** Sends a request; its answer, and what belongs to it, go to the exchange. Gives what ends it before its answer. */
  request(message: Message, document: object, exchange: Exchange): () => void;
  /** Sends a notification or a response. */
  tell(message: Message, document: object): void;
  /** Takes a line that came. */
  receive(line: string): void;
  /** Gets what belongs to no request, until the next one does. */
  listen(write: (document: object) => void): () => void;
}

interface Pending {
  readonly exchange: Exchange;
  /** The id that the HTTP client gave. */
  readonly id: Message['id'];
  readonly tokens: readonly MessageId[];
  readonly isListening: boolean;
}

const LISTEN = 'subscriptions/listen';

/** Ids are the pipe's own: clients that share it may all count from one. */
export function createConversation(pipe: LinePipe): Conversation {
  const pending = new Map<number, Pending>();
  let last = 0;
  let listener: ((document: object) => void) | undefined;
  const write = (document: object) => pipe.send(JSON.stringify(document));

  // Stdio names no stream: tokens say where a notification belongs, else it is taken for the latest request's.
  const streamOf = (message: Message): ((document: object) => void) | undefined => {
    const tokens = tokensOf(message);
    const open = [...pending].reverse();
    const named = open.find(([id, { tokens: own }]) => tokens.some((token) => token === id || own.includes(token)));
    const [, found] = named ?? open.find(([, { isListening }]) => !isListening) ?? [];
    return found ? found.exchange.write : listener;
  };

  return {
    request: (message, document, exchange) => {
      last += 1;
      const id = last;
      const token = message.params?._meta?.progressToken;
      const isListening = message.method === LISTEN;
      pending.set(id, { exchange, id: message.id, tokens: token === undefined ? [] : [token], isListening });
      write({ ...document, id });
      const revision = revisionOf(message);
      return () => {
        // In the legacy era a client that goes away may come back for its answer.
        if (!pending.has(id) || revision === undefined) return;
        pending.delete(id);
        const _meta = { 'io.modelcontextprotocol/protocolVersion': revision };
        write({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id, _meta } });
      };
    },
    tell: (message, document) => {
      const cancelled = message.method === 'notifications/cancelled' ? message.params?.requestId : undefined;
      const [id] = [...pending].find(([, one]) => cancelled !== undefined && one.id === cancelled) ?? [];
      write(id === undefined ? document : { ...document, params: { ...message.params, requestId: id } });
    },
    receive: (line) => {
      const read = readMessage(line);
      if (!read) return;
      const { message, document } = read;
      if (message.method !== undefined) {
        streamOf(message)?.(document);
        return;
      }
      const found = typeof message.id === 'number' ? pending.get(message.id) : undefined;
      if (!found) return;
      pending.delete(message.id as number);
      found.exchange.end(message, { ...document, id: found.id });
    },
    listen: (next) => {
      listener = next;
      return () => {
        if (listener === next) listener = undefined;
      };
    },
  };
}
