import type { ListedTool } from '../lists/server-lists.ts';
import type { Catalogue } from './catalogue.ts';
import { isListed } from './catalogue.ts';
import { STATUS_TOOL, searchingTools } from './own-tools.ts';

/**
 * What a client gets for `tools/list`: every tool it may use; the two that search and call where those are more than
 * `toolLimit`; or the one that says how things stand, while nothing is known of any server.
 */
export function shownTools(catalogue: Catalogue, toolLimit: number, client: string): readonly ListedTool[] {
  const isAnyKnown = catalogue.reachable(client).some((one) => isListed(one) && one.index !== undefined);
  if (!isAnyKnown) return [STATUS_TOOL];
  const tools = catalogue.tools(client);
  return tools.length > toolLimit ? searchingTools(tools) : tools.map(({ entry }) => entry);
}
