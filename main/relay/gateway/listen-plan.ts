import { z } from 'zod';
import { type Members, memberOf } from '../mcp/rpc.ts';
import { type GatewayServer, isListed, type Reachable } from './catalogue.ts';
import { LIST_KINDS, type ListKind } from './fingerprint.ts';
import { routeUri, type SeenUris } from './uri-routes.ts';
import { unwrapText } from './wrapped.ts';

/** Resources, and tasks, that one listening may name. */
const NAMED_LIMIT = 1000;
/** Longest of their names, in characters. */
const NAME_LENGTH_LIMIT = 8192;

const named = z.array(z.string().max(NAME_LENGTH_LIMIT)).max(NAMED_LIMIT).optional();

/** What a client wants to hear of (MCP 2026-07-28, `SubscriptionFilter`; `taskIds`: tasks extension). */
export const listenFilterSchema = z.looseObject({
  toolsListChanged: z.boolean().optional(),
  promptsListChanged: z.boolean().optional(),
  resourcesListChanged: z.boolean().optional(),
  resourceSubscriptions: named,
  taskIds: named,
});

/** See {@link listenFilterSchema}. */
export type ListenFilter = z.infer<typeof listenFilterSchema>;

/** What one server is listened to for. */
export interface PlannedListen {
  readonly server: GatewayServer;
  readonly filter: Members;
  /** The client's URI for each of the server's. */
  readonly askedUris: ReadonlyMap<string, string>;
}

const memberOfKind = (kind: ListKind) => `${kind}ListChanged` as const;

/** Whether a client wants to hear of changes of a list. */
export function wants(filter: ListenFilter, kind: ListKind): boolean {
  return filter[memberOfKind(kind)] === true;
}

/** The part of a filter that we keep to, for the acknowledgement. */
export function honoured(filter: ListenFilter): ListenFilter {
  const { resourceSubscriptions = [], taskIds = [] } = filter;
  return {
    ...Object.fromEntries(LIST_KINDS.filter((kind) => wants(filter, kind)).map((kind) => [memberOfKind(kind), true])),
    ...(resourceSubscriptions.length > 0 && { resourceSubscriptions }),
    ...(taskIds.length > 0 && { taskIds }),
  };
}

// What a server said it cannot do is not asked of it; where it said nothing yet, it is.
function can({ index }: Reachable, kind: ListKind, what: 'listChanged' | 'subscribe'): boolean {
  return !index || memberOf(memberOf(index.lists.capabilities, kind), what) === true;
}

/** Which servers have to be listened to, and for what, so that a client hears what it asked for. */
export function planListens(
  filter: ListenFilter,
  reachable: readonly Reachable[],
  seen: SeenUris,
): readonly PlannedListen[] {
  const routes = (filter.resourceSubscriptions ?? []).map((asked) => ({ asked, ...routeUri(reachable, seen, asked) }));
  const tasks = (filter.taskIds ?? []).map(unwrapText);
  return reachable.filter(isListed).flatMap((one) => {
    const { server } = one;
    const kinds = LIST_KINDS.filter((kind) => wants(filter, kind) && can(one, kind, 'listChanged'));
    const askedUris = new Map<string, string>();
    for (const { asked, server: owner, target } of routes) {
      if (owner === server && target !== undefined && can(one, 'resources', 'subscribe')) askedUris.set(target, asked);
    }
    const taskIds = tasks.flatMap((task) => (task?.server === server.name ? [task.text] : []));
    const planned = {
      ...Object.fromEntries(kinds.map((kind) => [memberOfKind(kind), true])),
      ...(askedUris.size > 0 && { resourceSubscriptions: [...askedUris.keys()] }),
      ...(taskIds.length > 0 && { taskIds }),
    };
    return Object.keys(planned).length > 0 ? [{ server, filter: planned, askedUris }] : [];
  });
}
