import { connectionPlanSchema } from '../../shared/app-views.ts';
import type { AppKind } from '../../shared/client-kinds.ts';
import { LanyardError } from '../../shared/errors.ts';
import { agentStateSchema } from '../../shared/local-api.ts';
import { callLocal } from '../../shared/local-client.ts';
import type { CliContext } from './context.ts';

/** Options of `lanyard client link`. */
export interface LinkOptions {
  readonly server?: readonly string[];
  readonly gateway?: true;
}

/**
 * `lanyard client link`: prints an address for each entry; opened, it offers the entry in the app. Nothing is written
 * and no key is made: only entries that start a program get an address.
 *
 * @throws {LanyardError} `no-link`, `unknown-server`, and what planning a connection throws.
 */
export async function printLinks({ paths, out }: CliContext, kind: AppKind, options: LinkOptions): Promise<void> {
  const { server, gateway = false } = options;
  const { servers } = await callLocal(paths, { method: 'GET', path: '/state', answer: agentStateSchema });
  const named = server ?? servers.map(({ name }) => name);
  const entries = gateway
    ? [{ gateway, ...(server && { servers: server }) }]
    : named.map((name) => ({ gateway, servers: [name] }));
  const links: string[] = [];
  for (const entry of entries) {
    const { link } = await callLocal(paths, {
      method: 'POST',
      path: `/apps/${kind}/plan`,
      body: { transport: 'stdio', ...entry },
      answer: connectionPlanSchema,
    });
    if (link === undefined)
      throw new LanyardError({
        code: 'no-link',
        user: `There is no such address for this app. Connect it with: lanyard client add ${kind}`,
        administrator: `${kind} has no addresses that add an entry, or the entry does not fit into one.`,
      });
    links.push(link);
  }
  out(links.map((link) => `${link}\n`).join(''));
}
