import { type Members, memberOf, parseRpc } from '../mcp/rpc.ts';
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
  /** The client's word that it is ready. */
  readonly ready: Kept | undefined;
  /** What the client was told that the server can do. */
  readonly capabilities: Members;
  open(kept: Kept): void;
  /** A request got this answer. */
  answered(kept: Kept, answer: string): void;
  told(kept: Kept): void;
  /** What comes after `initialize` and `initialized`, in order. */
  wishes(): readonly Kept[];
}

/** An empty one. */
export function createSessionMemory(): SessionMemory {
  let opening: Kept | undefined;
  let ready: Kept | undefined;
  let level: Kept | undefined;
  let capabilities: Members = {};
  const subscriptions = new Map<string, Kept>();

  const remember = (kept: Kept, result: Members) => {
    const { method, name: uri = '' } = kept.message;
    if (method === 'initialize') {
      const declared = memberOf(result, 'capabilities');
      capabilities = typeof declared === 'object' && declared !== null ? (declared as Members) : {};
    } else if (method === 'logging/setLevel') level = kept;
    else if (method === 'resources/subscribe' && subscriptions.size < MOST_SUBSCRIPTIONS) subscriptions.set(uri, kept);
    else if (method === 'resources/unsubscribe') subscriptions.delete(uri);
  };

  return {
    get opening() {
      return opening;
    },
    get ready() {
      return ready;
    },
    get capabilities() {
      return capabilities;
    },
    open: (kept) => {
      opening = kept;
      ready = undefined;
      level = undefined;
      capabilities = {};
      subscriptions.clear();
    },
    answered: (kept, answer) => {
      if (!REMEMBERED.has(kept.message.method)) return;
      const response = parseRpc(answer);
      if (response && 'result' in response) remember(kept, response.result);
    },
    told: (kept) => {
      if (kept.message.method === 'notifications/initialized') ready = kept;
    },
    wishes: () => [...(level ? [level] : []), ...subscriptions.values()],
  };
}

/** Requests whose success changes how the MCP session is. */
const REMEMBERED: ReadonlySet<string | undefined> = new Set([
  'initialize',
  'logging/setLevel',
  'resources/subscribe',
  'resources/unsubscribe',
]);

const LISTS = ['tools', 'resources', 'prompts'] as const;

/** The lines that tell a client that its lists may be other ones now: those it was told it would hear of. */
export function announced(capabilities: Members): string[] {
  return LISTS.filter((list) => memberOf(memberOf(capabilities, list), 'listChanged') === true).map((list) =>
    JSON.stringify({ jsonrpc: '2.0', method: `notifications/${list}/list_changed` }),
  );
}
