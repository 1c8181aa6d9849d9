import { type Members, memberOf } from '../mcp/rpc.ts';
import type { OutgoingMessage } from '../message.ts';

/** More resources than a client watches; further ones are not taken up again. */
const MOST_SUBSCRIPTIONS = 1_000;

/** A message of the client, as it came. */
export interface Kept {
  readonly message: OutgoingMessage;
  readonly line: string;
}

/** What a server has to hear again in a new MCP session for it to be as the one that it forgot. */
export interface SessionMemory {
  /** The client's `initialize`. */
  readonly opening: Kept | undefined;
  /** Whether the client has said that it is ready. */
  readonly initialized: boolean;
  /** What the client was told that the server can do. */
  readonly capabilities: Members;
  open(message: OutgoingMessage, line: string): void;
  /** The client's `initialize` got this answer. */
  answered(line: string): void;
  asked(message: OutgoingMessage, line: string): void;
  told(message: OutgoingMessage, line: string): void;
  /** What comes after `initialize`, in order. */
  replay(): readonly Kept[];
}

/** Of a resource subscription, its URI. */
const uriOf = ({ name }: OutgoingMessage) => name ?? '';

/** An empty one. */
export function createSessionMemory(): SessionMemory {
  let opening: Kept | undefined;
  let ready: Kept | undefined;
  let level: Kept | undefined;
  let capabilities: Members = {};
  const subscriptions = new Map<string, Kept>();
  return {
    get opening() {
      return opening;
    },
    get initialized() {
      return ready !== undefined;
    },
    get capabilities() {
      return capabilities;
    },
    open: (message, line) => {
      opening = { message, line };
      ready = undefined;
      level = undefined;
      subscriptions.clear();
    },
    answered: (line) => {
      const declared = memberOf(memberOf(JSON.parse(line), 'result'), 'capabilities');
      capabilities = typeof declared === 'object' && declared !== null ? (declared as Members) : {};
    },
    asked: (message, line) => {
      const kept = { message, line };
      if (message.method === 'logging/setLevel') level = kept;
      else if (message.method === 'resources/subscribe' && subscriptions.size < MOST_SUBSCRIPTIONS)
        subscriptions.set(uriOf(message), kept);
      else if (message.method === 'resources/unsubscribe') subscriptions.delete(uriOf(message));
    },
    told: (message, line) => {
      if (message.method === 'notifications/initialized') ready = { message, line };
    },
    replay: () => [...(ready ? [ready] : []), ...(level ? [level] : []), ...subscriptions.values()],
  };
}

const LISTS = ['tools', 'resources', 'prompts'] as const;

/** The lines that tell a client that its lists may be other ones now: those it was told it would hear of. */
export function announced(capabilities: Members): string[] {
  return LISTS.filter((list) => memberOf(memberOf(capabilities, list), 'listChanged') === true).map((list) =>
    JSON.stringify({ jsonrpc: '2.0', method: `notifications/${list}/list_changed` }),
  );
}
