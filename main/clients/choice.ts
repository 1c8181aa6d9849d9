import type { ConnectionPlanRequest } from '../../shared/app-views.ts';
import type { Transport } from '../../shared/client-kinds.ts';
import { LanyardError } from '../../shared/errors.ts';
import type { Policy } from '../../shared/policy.ts';
import type { AppDefinition } from './apps/definition.ts';

/** What policy says of clients. */
export type ClientPolicy = Policy['clients'];

/** How a client is connected. */
export interface Choice {
  readonly transport: Transport;
  /** One entry for all servers in place of one for each. */
  readonly gateway: boolean;
  /** Names of the servers it may reach. */
  readonly servers: readonly string[];
}

/** Names of servers that policy does not have (`unknown-server`). */
export function unknownServers(names: readonly string[], known: readonly string[]): LanyardError {
  return new LanyardError({
    code: 'unknown-server',
    user: `There is no server ${names.map((name) => `"${name}"`).join(', ')}. Approved servers: ${known.join(', ') || 'none'}.`,
    administrator: `The policy has no server ${names.join(', ')}.`,
  });
}

/** Whether policy lets people connect an app. Entries that they paste are not limited. */
export function isAllowed({ kind }: Pick<AppDefinition, 'kind'>, { allow }: ClientPolicy): boolean {
  return allow?.includes(kind) ?? true;
}

/** All the ways a client can be connected, the one that is taken by itself first. */
export function transportsOf(
  { http }: Pick<AppDefinition, 'http'>,
  { prefer }: ClientPolicy,
): readonly [Transport, ...Transport[]] {
  if (!http) return ['stdio'];
  return prefer === 'http' ? ['http', 'stdio'] : ['stdio', 'http'];
}

/**
 * How a client is connected: as was asked, else as policy says, else as the client can.
 *
 * @param app its row of the table.
 * @param approved names of the servers that policy has.
 * @throws {LanyardError} `unknown-server`, `app-not-allowed`, `app-transport`.
 */
export function chooseConnection(
  app: Pick<AppDefinition, 'kind' | 'title' | 'http'> | undefined,
  request: ConnectionPlanRequest,
  policy: ClientPolicy,
  approved: readonly string[],
): Choice {
  const servers = request.servers ?? approved;
  const missing = servers.filter((name) => !approved.includes(name));
  if (missing.length > 0) throw unknownServers(missing, approved);
  if (app && !isAllowed(app, policy))
    throw new LanyardError({
      code: 'app-not-allowed',
      user: `Your company does not let Lanyard connect ${app.title}. If you need it, ask your administrator.`,
      administrator: `The policy's clients.allow does not name "${app.kind}".`,
    });
  const gateway = request.gateway ?? policy.entries === 'one';
  if (!app) return { transport: request.transport ?? policy.prefer, gateway, servers };
  const offered = transportsOf(app, policy);
  const transport = request.transport ?? offered[0];
  if (!offered.includes(transport))
    throw new LanyardError({
      code: 'app-transport',
      user: `${app.title} cannot be connected over ${transport}, only over ${offered.join(' or ')}.`,
      administrator: `${app.title} takes no entries of transport ${transport}.`,
    });
  return { transport, gateway, servers };
}
