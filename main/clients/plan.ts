import type { ConnectionPlan, ConnectionPlanRequest } from '../../shared/app-views.ts';
import type { AppKind } from '../../shared/client-kinds.ts';
import type { AppDefinition, AppEntry } from './apps/definition.ts';
import { exists, fileOf } from './apps/find.ts';
import { APPS } from './apps/table.ts';
import { chooseConnection } from './choice.ts';
import type { ConnectContext } from './connect.ts';
import { checkWritable, printEntries, readEntries } from './edit/entry-file.ts';
import { fileProblem } from './edit/file-problem.ts';
import { makeEntries } from './entries.ts';
import { clientLink } from './links.ts';
import { lostEntries } from './lost-entries.ts';
import { writtenOf } from './registry.ts';

/** The same error as connecting gives where an entry of somebody else has one of the names. */
async function checkNames(
  file: string,
  app: AppDefinition,
  names: readonly string[],
  registry: ConnectContext['registry'],
): Promise<void> {
  const found = await readEntries(file, app.place);
  const before = registry.clients.find(({ kind }) => kind === app.kind);
  const ours = before?.file === file ? (writtenOf(before)?.names ?? []) : lostEntries(found, names);
  const taken = names.find((name) => found?.has(name) && !ours.includes(name));
  if (taken === undefined) return;
  const detail = `it has an entry "${taken}" that Lanyard did not write`;
  throw fileProblem(file, detail, 'Rename or remove that entry, then try again.');
}

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
 * @throws {LanyardError} `unknown-server`, `app-not-allowed`, `app-transport`, `no-lasting-program`, and
 * `client-file` where connecting would leave the file as it is.
 */
export async function planConnection(
  kind: AppKind,
  request: ConnectionPlanRequest,
  { registry, machine, backups, relayUrl, program, policy, servers }: Omit<ConnectContext, 'clock'>,
): Promise<ConnectionPlan> {
  const app = APPS.find((definition) => definition.kind === kind);
  if (!app) throw new Error(`The table has no app ${kind}`);
  const choice = chooseConnection(app, request, policy, servers);
  const { transport, gateway } = choice;
  const entries = makeEntries(choice, app, { transport, relayUrl, localKey: MASKED_KEY, program, clientId: kind });
  const file = await fileOf(app, machine);
  await checkWritable(file, app.place);
  await checkNames(file, app, Object.keys(entries), registry);
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
