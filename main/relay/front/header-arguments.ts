import type { Schedule } from '../../../shared/schedule.ts';
import type { ListedTool } from '../lists/server-lists.ts';
import { type HeaderArgument, headerArguments } from '../mcp/param-headers.ts';
import { metaOf } from '../mcp/revisions.ts';
import { type Members, memberOf, type Outcome, type RpcRequest } from '../mcp/rpc.ts';

/** Pages of tools that are read at most. */
const PAGE_LIMIT = 20;

/** Tools with such arguments, and clients, that are remembered at most. */
const TOOL_LIMIT = 1_000;
const CLIENT_LIMIT = 100;

/** How long a list that we asked for ourselves is believed, in ms. */
const BELIEVED_MS = 5 * 60_000;

/** How long a call waits for that list, in ms: then it goes on unchecked, and the server looks for itself. */
const WAIT_LIMIT_MS = 3_000;

type Known = Map<string, readonly HeaderArgument[]>;

/** Which arguments of which tools a client has to repeat in headers, by the lists it was given. */
export interface KnownHeaderArguments {
  /** Learns from a result of `tools/list` that a client gets. */
  learn(client: string, result: Members): void;
  /** What a call has to repeat. Asks for the list, by `ask`, where the client never did. */
  of(
    client: string,
    call: RpcRequest,
    ask: (request: RpcRequest) => Promise<Outcome>,
  ): Promise<readonly HeaderArgument[]>;
  close(): void;
}

/** See {@link KnownHeaderArguments}. */
export function createKnownHeaderArguments(schedule: Schedule, newId: () => string): KnownHeaderArguments {
  const clients = new Map<string, Promise<Known>>();
  const timers = new Set<() => void>();

  const note = (known: Known, result: Members) => {
    if (!Array.isArray(result.tools)) return;
    for (const tool of result.tools) {
      const name = memberOf(tool, 'name');
      if (typeof name !== 'string') continue;
      const found = headerArguments(tool as ListedTool);
      if (found.length === 0) known.delete(name);
      else if (known.size < TOOL_LIMIT) known.set(name, found);
    }
  };
  const keep = (client: string, known: Promise<Known>) => {
    const [oldest] = clients.keys();
    if (clients.size >= CLIENT_LIMIT && oldest !== undefined) clients.delete(oldest);
    clients.set(client, known);
  };
  const list = async (meta: Members, ask: (request: RpcRequest) => Promise<Outcome>): Promise<Known> => {
    const known: Known = new Map();
    let cursor: unknown;
    for (let page = 0; page < PAGE_LIMIT; page += 1) {
      const params = { ...(cursor !== undefined && { cursor }), _meta: meta };
      const outcome = await ask({ jsonrpc: '2.0', id: newId(), method: 'tools/list', params });
      if ('error' in outcome) break;
      note(known, outcome.result);
      cursor = outcome.result.nextCursor;
      if (cursor === undefined) break;
    }
    return known;
  };

  const soon = (known: Promise<Known>): Promise<Known | undefined> =>
    new Promise((resolve) => {
      const cancel = schedule(WAIT_LIMIT_MS, () => resolve(undefined));
      void known.then((map) => {
        cancel();
        resolve(map);
      });
    });

  return {
    learn: (client, result) => {
      const known = clients.get(client) ?? Promise.resolve(new Map());
      if (!clients.has(client)) keep(client, known);
      void known.then((map) => note(map, result));
    },
    of: async (client, call, ask) => {
      const { progressToken: _, ...meta } = metaOf(call.params);
      const name = call.params?.name;
      let known = clients.get(client);
      if (!known) {
        known = list(meta, ask);
        keep(client, known);
        const asked = known;
        const cancel = schedule(BELIEVED_MS, () => {
          timers.delete(cancel);
          if (clients.get(client) === asked) clients.delete(client);
        });
        timers.add(cancel);
      }
      const listed = await soon(known);
      return (typeof name === 'string' ? listed?.get(name) : undefined) ?? [];
    },
    close: () => {
      for (const cancel of timers) cancel();
      timers.clear();
      clients.clear();
    },
  };
}
