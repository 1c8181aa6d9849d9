import type { ListedTool, Lists } from '../lists/server-lists.ts';
import type { Responder } from '../mcp/responder.ts';
import type { Members } from '../mcp/rpc.ts';
import { createListsIndexes, type ListsIndex } from './lists-index.ts';
import type { NameTable } from './names.ts';
import { OWN_SCHEME, ownTemplate, ownUri } from './own-uris.ts';
import { ownerByLists } from './uri-owner.ts';

/** One server as the gateway needs it. */
export interface GatewayServer {
  readonly name: string;
  readonly title: string;
  /** Has the tool rules already applied and standby behind it: with no grant its calls still get an outcome. */
  readonly responder: Responder;
  /**
   * `listed`: its last known lists are shown (ready, signed out, offline). `hidden`: the grant is gone (denied, not set
   * up); its calls still go to it, and say why.
   */
  readonly presence: () => 'listed' | 'hidden';
}

/** A server that one client may reach. */
export interface Reachable {
  readonly server: GatewayServer;
  /** `undefined` while nothing is known of its lists. */
  readonly index: ListsIndex | undefined;
}

/** A tool as one client sees it. */
export interface ShownTool {
  readonly server: GatewayServer;
  /** The entry, under the gateway's name. */
  readonly entry: ListedTool;
  /** What its server calls it. */
  readonly ownName: string;
}

/** What a catalogue is made from. */
export interface CatalogueContext {
  /** In policy order: where two list the same URI, the first one keeps it. */
  readonly servers: readonly GatewayServer[];
  /** Whether a client, by its id, gets to see a server at all. */
  readonly mayReach: (client: string, server: string) => boolean;
  readonly lists: Lists;
  /** What the tool rules leave of a server's tools. */
  readonly visibleTools: (server: string, tools: readonly ListedTool[]) => readonly ListedTool[];
}

/** The merged lists of all servers, for one client. */
export interface Catalogue {
  /** Servers of a client in policy order, hidden ones too. */
  reachable(client: string): readonly Reachable[];
  tools(client: string): readonly ShownTool[];
  prompts(client: string): readonly Members[];
  resources(client: string): readonly Members[];
  resourceTemplates(client: string): readonly Members[];
}

/** Whether a server's lists are shown. */
export function isListed({ server }: Reachable): boolean {
  return server.presence() === 'listed';
}

function renamed<Entry extends { readonly name: string }>(entries: readonly Entry[], names: NameTable): Entry[] {
  const given = new Set<string>();
  return entries.flatMap((entry) => {
    const name = names.toGateway.get(entry.name);
    if (name === undefined || given.has(name)) return [];
    given.add(name);
    return [{ ...entry, name }];
  });
}

type WithUri = 'uri' | 'uriTemplate';

// Hidden servers keep their URIs, so that nobody else's change when a grant comes or goes.
function withOwnUris(
  reachable: readonly Reachable[],
  listOf: (index: ListsIndex) => readonly Members[],
  member: WithUri,
): Members[] {
  const rewrite = member === 'uri' ? ownUri : ownTemplate;
  const owners = new Map<string, string>();
  const shown: Members[] = [];
  for (const { server, index } of reachable) {
    const given = new Set<string>();
    for (const entry of index ? listOf(index) : []) {
      const uri = String(entry[member]);
      if (given.has(uri)) continue;
      given.add(uri);
      const isOwners = member === 'uri' ? ownerByLists(reachable, uri)?.server === server : !owners.has(uri);
      const isFirst = isOwners && !uri.startsWith(OWN_SCHEME);
      if (isFirst) owners.set(uri, server.name);
      if (server.presence() !== 'listed') continue;
      shown.push(isFirst ? entry : { ...entry, [member]: rewrite(server.name, uri) });
    }
  }
  return shown;
}

/** Answers from the last known copies, at once. */
export function createCatalogue({ servers, mayReach, lists, visibleTools }: CatalogueContext): Catalogue {
  const indexOf = createListsIndexes(lists);
  const reachable = (client: string): readonly Reachable[] =>
    servers.filter(({ name }) => mayReach(client, name)).map((server) => ({ server, index: indexOf(server.name) }));
  const listed = (client: string) => reachable(client).filter(isListed);
  return {
    reachable,
    tools: (client) =>
      listed(client).flatMap(({ server, index }) => {
        if (!index) return [];
        const visible = visibleTools(server.name, index.lists.tools);
        return renamed(visible, index.tools).map((entry) => ({
          server,
          entry,
          ownName: index.tools.toServer.get(entry.name) ?? entry.name,
        }));
      }),
    prompts: (client) =>
      listed(client).flatMap(({ index }) => (index ? renamed(index.lists.prompts, index.prompts) : [])),
    resources: (client) => withOwnUris(reachable(client), ({ lists: { resources } }) => resources, 'uri'),
    resourceTemplates: (client) =>
      withOwnUris(reachable(client), ({ lists: { resourceTemplates } }) => resourceTemplates, 'uriTemplate'),
  };
}
