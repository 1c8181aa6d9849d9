import { z } from 'zod';
import { PRODUCT } from '../../../shared/product.ts';
import { foreignText } from '../../egress/faults.ts';
import type { Exchange, Responder } from '../mcp/responder.ts';
import { META, MODERN_REVISION } from '../mcp/revisions.ts';
import { METHOD_NOT_FOUND, type Members, memberOf, type Outcome } from '../mcp/rpc.ts';
import { type Cut, type Entry, fitLists, jsonBytes, LISTS_LIMIT_BYTES, LISTS_LIMIT_ENTRIES } from './fit-lists.ts';
import { listsUnusable } from './list-faults.ts';
import { type ServerLists, serverListsSchema } from './server-lists.ts';

/** Pages of one list that are asked for: at the usual 50 entries and more for each, beyond any server's. */
const PAGE_LIMIT = 50;

/** Whatever a server says of a cursor, it is sent back: a long one would make every request large. In characters. */
const CURSOR_LIMIT = 8 * 1024;

const discoverSchema = z.looseObject({
  capabilities: z.record(z.string(), z.unknown()),
  instructions: z.string().optional().catch(undefined),
});

const { tools, resources, resourceTemplates, prompts } = serverListsSchema.shape;

/** One list of a server: the request for it, where its entries stand, and what tells them apart. */
interface ListKind {
  readonly method: string;
  readonly member: 'tools' | 'resources' | 'resourceTemplates' | 'prompts';
  readonly capability: string;
  readonly entry: z.ZodType<Entry>;
  readonly key: string;
}

const TOOLS: ListKind = {
  method: 'tools/list',
  member: 'tools',
  capability: 'tools',
  entry: tools.element,
  key: 'name',
};
const PROMPTS: ListKind = {
  method: 'prompts/list',
  member: 'prompts',
  capability: 'prompts',
  entry: prompts.element,
  key: 'name',
};
const RESOURCES: ListKind = {
  method: 'resources/list',
  member: 'resources',
  capability: 'resources',
  entry: resources.element,
  key: 'uri',
};
const TEMPLATES: ListKind = {
  method: 'resources/templates/list',
  member: 'resourceTemplates',
  capability: 'resources',
  entry: resourceTemplates.element,
  key: 'uriTemplate',
};

/** What {@link fetchLists} works with. */
export interface FetchContext {
  readonly server: string;
  readonly responder: Responder;
  readonly exchange: Exchange;
  /** A request id that was never used before. */
  readonly newId: () => string;
  /** What was known before; stands in for a list that the server does not give at the moment. */
  readonly known: ServerLists | undefined;
  /** Hears of what was left out. */
  readonly onCut: (cut: Cut) => void;
}

const ENVELOPE: Members = {
  [META.revision]: MODERN_REVISION,
  [META.clientInfo]: { name: PRODUCT.command, version: PRODUCT.version },
  [META.clientCapabilities]: {},
};

function request({ responder, exchange, newId }: FetchContext, method: string, params: Members = {}): Promise<Outcome> {
  return responder.answer({ jsonrpc: '2.0', id: newId(), method, params: { ...params, _meta: ENVELOPE } }, exchange);
}

const errorText = ({ code, message }: { readonly code: number; readonly message: string }) =>
  `error ${code}: ${foreignText(message)}`;

async function discover(
  context: FetchContext,
): Promise<Pick<ServerLists, 'capabilities' | 'serverInfo' | 'instructions'>> {
  const outcome = await request(context, 'server/discover');
  if ('error' in outcome) throw listsUnusable(context.server, 'server/discover', errorText(outcome.error));
  const { data } = discoverSchema.safeParse(outcome.result);
  if (!data) throw listsUnusable(context.server, 'server/discover', 'something that is not its result');
  // Before the revision was final, it stood in the result itself.
  const info = memberOf(memberOf(outcome.result, '_meta'), META.serverInfo) ?? memberOf(outcome.result, 'serverInfo');
  const serverInfo = serverListsSchema.shape.serverInfo.safeParse(info).data;
  return {
    capabilities: data.capabilities,
    ...(serverInfo && { serverInfo }),
    ...(data.instructions !== undefined && { instructions: data.instructions }),
  };
}

/** So many entries of one list are looked at, those among them that are none: looking costs more than sending. */
const LOOK_LIMIT = 2 * LISTS_LIMIT_ENTRIES;

// Entries that are none are left out one by one: a single odd tool must not cost all the others.
async function everyPage(context: FetchContext, kind: ListKind): Promise<readonly Entry[]> {
  const { server, onCut } = context;
  const { method, member, entry: schema, key } = kind;
  const entries = new Map<string, Entry>();
  const cursors = new Set<string>();
  let cursor: string | undefined;
  let bytes = 0;
  let looked = 0;
  for (let page = 0; page < PAGE_LIMIT; page += 1) {
    const outcome = await request(context, method, cursor === undefined ? {} : { cursor });
    if ('error' in outcome) {
      // Servers with resources rarely have templates as well, and not all of them say so by an empty list.
      if (outcome.error.code === METHOD_NOT_FOUND) return [];
      throw listsUnusable(server, method, errorText(outcome.error));
    }
    const listed = memberOf(outcome.result, member);
    if (!Array.isArray(listed)) throw listsUnusable(server, method, 'something that is not its result');
    for (const candidate of listed) {
      looked += 1;
      if (looked > LOOK_LIMIT) {
        onCut({ list: member, reason: 'too-large' });
        return [...entries.values()];
      }
      const { data } = schema.safeParse(candidate);
      const name = data?.[key];
      if (!data || typeof name !== 'string') {
        onCut({ list: member, reason: 'malformed' });
        continue;
      }
      if (entries.has(name)) continue;
      bytes += jsonBytes(data);
      if (entries.size >= LISTS_LIMIT_ENTRIES || bytes > LISTS_LIMIT_BYTES) {
        onCut({ list: member, reason: 'too-large' });
        return [...entries.values()];
      }
      entries.set(name, data);
    }
    const next = memberOf(outcome.result, 'nextCursor');
    if (typeof next !== 'string') return [...entries.values()];
    if (cursors.has(next) || next.length > CURSOR_LIMIT) {
      onCut({ list: member, reason: 'cursor' });
      return [...entries.values()];
    }
    cursors.add(next);
    cursor = next;
  }
  onCut({ list: member, reason: 'pages' });
  return [...entries.values()];
}

/**
 * Asks a server for everything it lists, by its capabilities: requests of revision 2026-07-28, every page of each list,
 * the lists side by side. What is beyond the limits of {@link fitLists} is left out.
 *
 * @throws {LanyardError} where the server gives no answer, `lists-unusable` where it gives none that can be used: to
 *   `server/discover` or `tools/list`. Of the other lists, what was known stands in.
 */
export async function fetchLists(context: FetchContext): Promise<ServerLists> {
  const said = await discover(context);
  const list = async (kind: ListKind, known: readonly Entry[] | undefined): Promise<readonly Entry[]> => {
    if (memberOf(said.capabilities, kind.capability) === undefined) return [];
    try {
      return await everyPage(context, kind);
    } catch (error) {
      if (known === undefined || memberOf(error, 'code') !== 'lists-unusable') throw error;
      context.onCut({ list: kind.member, reason: 'refused' });
      return known;
    }
  };
  const { known } = context;
  const [listedTools, listedPrompts, listedResources, listedTemplates] = await Promise.all([
    list(TOOLS, undefined),
    list(PROMPTS, known?.prompts ?? []),
    list(RESOURCES, known?.resources ?? []),
    list(TEMPLATES, known?.resourceTemplates ?? []),
  ]);
  const whole = {
    ...said,
    tools: listedTools,
    prompts: listedPrompts,
    resources: listedResources,
    resourceTemplates: listedTemplates,
  };
  const fitting = fitLists(whole, context.onCut);
  const { data } = serverListsSchema.safeParse(fitting);
  if (!data) throw listsUnusable(context.server, 'server/discover', 'more than can be kept');
  return data;
}
