import type { Apps, AppView } from '../../shared/app-views.ts';
import type { AppDefinition } from './apps/definition.ts';
import { fileOf, isFound } from './apps/find.ts';
import { APPS } from './apps/table.ts';
import { isAllowed, transportsOf } from './choice.ts';
import type { ConnectContext } from './connect.ts';
import { changesOf } from './drift.ts';
import type { FileLook, FileLooks } from './file-looks.ts';
import type { ClientRecord } from './registry.ts';

type Standing = Pick<AppView, 'status' | 'changes' | 'problem'>;

const plain = (status: AppView['status']): Standing => ({ status, changes: [] });

/**
 * How an app stands.
 *
 * @param client its record, if it is connected.
 * @param look what its file shows; `undefined` where nobody looked.
 */
export function standingOf(allowed: boolean, client: ClientRecord | undefined, look: FileLook | undefined): Standing {
  if (!allowed) return plain('not-allowed');
  if (look?.kind === 'problem') return { status: 'unreadable', changes: [], problem: look.problem };
  if (!client) return plain('not-connected');
  const changes = look?.kind === 'entries' ? [...changesOf(client, look.entries)] : [];
  return { status: changes.length > 0 ? 'changed' : 'connected', changes };
}

/** What seeing apps works with. */
export type AppsContext = Pick<ConnectContext, 'registry' | 'machine' | 'policy'> & { readonly look: FileLooks };

async function viewApp(app: AppDefinition, { registry, machine, policy, look }: AppsContext): Promise<AppView> {
  const client = registry.clients.find(({ kind }) => kind === app.kind);
  const [isThere, usualFile] = await Promise.all([isFound(app, machine), fileOf(app, machine)]);
  const file = client?.file ?? usualFile;
  const allowed = isAllowed(app, policy);
  // The file of an app that is not here says nothing.
  const isLookedAt = allowed && (client !== undefined || isThere);
  const seen = isLookedAt ? await look(file, app.place, client ? 'read' : 'write') : undefined;
  const transports = [...transportsOf(app, policy)];
  return {
    kind: app.kind,
    title: app.title,
    isFound: isThere || client !== undefined,
    file,
    ...standingOf(allowed, client, seen),
    ...(client && { client: client.id }),
    transport: client?.transport ?? transportsOf(app, policy)[0],
    transports,
    gateway: client?.gateway ?? policy.entries === 'one',
    afterwards: app.afterwards,
    alsoServes: [...(app.alsoServes ?? [])],
  };
}

/** All apps that can be connected: those that were found first, otherwise in the table's order. */
export async function viewApps(context: AppsContext): Promise<Apps> {
  const views = await Promise.all(APPS.map((app) => viewApp(app, context)));
  return { apps: views.sort((a, b) => Number(b.isFound) - Number(a.isFound)) };
}
