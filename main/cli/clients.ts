import { type Apps, type AppView, appsSchema } from '../../shared/app-views.ts';
import { APP_KINDS, type ClientKind, clientKindSchema } from '../../shared/client-kinds.ts';
import { LanyardError, problemOf } from '../../shared/errors.ts';
import { type AddedClient, addedClientSchema, agentStateSchema, clientViewSchema } from '../../shared/local-api.ts';
import { callLocal } from '../../shared/local-client.ts';
import { plainJson } from '../../shared/plain-text.ts';
import { type AddOptions, choiceOf, describePlan, planApp } from './client-plan.ts';
import { type CliContext, NotGood } from './context.ts';
import { formatClients } from './format.ts';
import { formatApps, notesOf } from './format-apps.ts';

/** Kinds of clients that `lanyard client add` takes. */
export const CLIENT_KINDS: readonly ClientKind[] = clientKindSchema.options;

function connect({ paths }: CliContext, kind: ClientKind, options: AddOptions): Promise<AddedClient> {
  const body = { kind, ...choiceOf(options) };
  return callLocal(paths, { method: 'POST', path: '/clients', body, answer: addedClientSchema });
}

/** Every app that Lanyard knows, as the agent sees it. */
async function appsOf({ paths }: CliContext): Promise<Apps['apps']> {
  return (await callLocal(paths, { method: 'GET', path: '/apps', answer: appsSchema })).apps;
}

function describeAdded({ client, snippet, localKey, afterwards }: AddedClient): string {
  if (client.file === undefined) {
    const warning = localKey === undefined ? '' : ' The key in it is shown only now; keep it private.';
    return `${snippet}\n\nPaste this into the client's MCP settings.${warning}\n`;
  }
  const next = afterwards === undefined ? '' : `${afterwards}\n`;
  return `Connected ${client.title}: ${client.entries.join(', ')} in ${client.file}\n${next}`;
}

const isApp = (kind: ClientKind) => APP_KINDS.some((known) => known === kind);

/**
 * `lanyard client add <kind>`: connects a client, or prints what to paste.
 *
 * @throws {LanyardError} `nothing-to-plan`, and what the agent says.
 */
export async function addClient(context: CliContext, kind: ClientKind, options: AddOptions): Promise<void> {
  if (options.dryRun && !isApp(kind))
    throw new LanyardError({
      code: 'nothing-to-plan',
      user: 'Entries to paste are written nowhere, so there is nothing to plan.',
      administrator: `${kind} has no file of its own.`,
    });
  if (options.dryRun) {
    const plan = await planApp(context, kind, options);
    return context.out(options.json ? `${plainJson([plan], 2)}\n` : describePlan(plan));
  }
  const added = await connect(context, kind, options);
  context.out(options.json ? `${plainJson(added, 2)}\n` : describeAdded(added));
}

/** Apps that are here and not connected: what `--found` takes. One that somebody changed is theirs. */
const isWaiting = ({ isFound, status }: AppView) => isFound && status === 'not-connected';

/**
 * `lanyard client add --found`: connects every app that is on this computer, allowed, and not connected yet, or with
 * `--dry-run` says what that would write. One that fails does not keep the others from it.
 *
 * @throws {NotGood} if some app could not be connected; which and why is on stderr.
 */
export async function addFound(context: CliContext, options: AddOptions): Promise<void> {
  const { out, err } = context;
  const apps = await appsOf(context);
  const failures = apps
    .filter(({ isFound, problem }) => isFound && problem)
    .map(({ title, problem }) => `${title}: ${problem?.user}\n`);
  const inTurn = async <T>(work: (context: CliContext, kind: ClientKind, options: AddOptions) => Promise<T>) => {
    const done: T[] = [];
    for (const { kind, title } of apps.filter(isWaiting)) {
      try {
        done.push(await work(context, kind, options));
      } catch (error) {
        failures.push(`${title}: ${problemOf(error).user}\n`);
      }
    }
    return done;
  };
  const print = <T>(done: readonly T[], describe: (one: T) => string) => {
    if (options.json) out(`${plainJson(done, 2)}\n`);
    else out(done.length > 0 ? done.map(describe).join('') : 'There is no app to connect.\n');
  };
  if (options.dryRun) print(await inTurn(planApp), describePlan);
  else print(await inTurn(connect), describeAdded);
  for (const failure of failures) err(failure);
  if (failures.length > 0) throw new NotGood();
}

/** `lanyard client remove`. */
export async function removeClient({ paths, out }: CliContext, id: string): Promise<void> {
  if (!/^[a-z0-9-]{1,40}$/.test(id))
    throw new LanyardError({
      code: 'unknown-client',
      user: `"${id}" is not the name of a client. See: lanyard client list`,
      administrator: 'A client id has lower-case letters, digits and "-" only.',
    });
  await callLocal(paths, { method: 'DELETE', path: `/clients/${id}`, answer: agentStateSchema });
  out(`Disconnected ${id}.\n`);
}

/** Options of `lanyard client list`. */
export interface ListOptions {
  /** Every app that Lanyard knows, in place of what is connected. */
  readonly apps?: true;
  readonly json?: true;
}

/** `lanyard client list`: what is connected, and apps on this computer that are not, or not as they should be. */
export async function listClients(context: CliContext, { apps: wantsAll, json }: ListOptions): Promise<void> {
  const { paths, out } = context;
  if (wantsAll) {
    const apps = await appsOf(context);
    return out(json ? `${plainJson(apps, 2)}\n` : formatApps(apps));
  }
  const { clients } = await callLocal(paths, { method: 'GET', path: '/state', answer: agentStateSchema });
  if (json) return out(`${plainJson(clientViewSchema.array().parse(clients), 2)}\n`);
  const apps = await appsOf(context);
  const others = apps.filter(({ isFound, client }) => isFound && client === undefined);
  const shown = formatClients(clients, notesOf(apps));
  out(`${shown}${others.length > 0 ? `\nOther apps on this computer:\n${formatApps(others)}` : ''}`);
}
