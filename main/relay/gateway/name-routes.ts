import type { GatewayServer, Reachable } from './catalogue.ts';
import { splitName } from './names.ts';

/** Where something goes, and what it is called there. */
export interface Route {
  readonly server: GatewayServer;
  /** The server's own name or URI. */
  readonly target: string;
}

/**
 * The tool or prompt that a gateway name stands for. Where a server's lists are not known yet, an unchanged name is
 * taken apart and the server decides. What tool rules hide is found as well: its server's responder says why it is
 * refused. `undefined` for anything else.
 */
export function routeName(reachable: readonly Reachable[], kind: 'tools' | 'prompts', name: string): Route | undefined {
  for (const { server, index } of reachable) {
    const target = index?.[kind].toServer.get(name);
    if (target !== undefined) return { server, target };
  }
  const split = splitName(name);
  const unknown = reachable.find(({ server, index }) => server.name === split?.server && !index);
  return split && unknown ? { server: unknown.server, target: split.name } : undefined;
}
