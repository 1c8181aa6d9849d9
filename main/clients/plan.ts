import type { ConnectionPlan, ConnectionPlanRequest } from '../../shared/app-views.ts';
import type { AppKind } from '../../shared/client-kinds.ts';
import type { AppEntry } from './apps/definition.ts';
import { exists, fileOf } from './apps/find.ts';
import { APPS } from './apps/table.ts';
import { chooseConnection } from './choice.ts';
import type { ConnectContext } from './connect.ts';
import { printEntries } from './edit/entry-file.ts';
import { makeEntries } from './entries.ts';
import { clientLink } from './links.ts';

/** What stands for the local key in a plan. */
const MASKED_KEY = 'lk_…';

/** A link offers one entry, so there is none for several. */
function linkFor(kind: AppKind, entries: Readonly<Record<string, AppEntry>>): string | undefined {
  const [first, ...others] = Object.entries(entries);
  return first && others.length === 0 ? clientLink(kind, ...first) : undefined;
}

/**
 * What connecting an app would write, and where. Nothing is written, and no key is made.
 *
 * @throws {LanyardError} `unknown-server`, `app-not-allowed`, `app-transport`.
 */
export async function planConnection(
  kind: AppKind,
  request: ConnectionPlanRequest,
  { machine, backups, relayUrl, program, policy, servers }: Omit<ConnectContext, 'registry' | 'clock'>,
): Promise<ConnectionPlan> {
  const app = APPS.find((definition) => definition.kind === kind);
  if (!app) throw new Error(`The table has no app ${kind}`);
  const choice = chooseConnection(app, request, policy, servers);
  const { transport, gateway } = choice;
  const entries = makeEntries(choice, app, { transport, relayUrl, localKey: MASKED_KEY, program, clientId: kind });
  const file = await fileOf(app, machine);
  const isThere = await exists(file);
  const link = linkFor(kind, entries);
  return {
    file,
    exists: isThere,
    transport,
    gateway,
    text: await printEntries(app.place, entries),
    ...(isThere && { backup: backups }),
    ...(link !== undefined && { link }),
  };
}
