import { LanyardError } from '../../shared/errors.ts';
import type { AddClientRequest, AddedClient } from '../../shared/local-api.ts';
import type { AppDefinition, AppEntry } from './apps/definition.ts';
import { fileOf } from './apps/find.ts';
import type { Machine } from './apps/machine.ts';
import { appOf } from './apps/table.ts';
import { type Choice, type ClientPolicy, chooseConnection } from './choice.ts';
import { readEntries, removeEntries, writeEntries } from './edit/entry-file.ts';
import type { WrittenFile } from './edit/written-file.ts';
import { makeEntries, PASTED_SHAPES, type Program } from './entries.ts';
import { fingerprintOf } from './fingerprint.ts';
import { hashLocalKey, makeLocalKey } from './local-key.ts';
import { lostEntries } from './lost-entries.ts';
import { type ClientRecord, type ClientRegistry, viewClient, writtenOf } from './registry.ts';

/** What connecting works with. */
export interface ConnectContext {
  readonly registry: ClientRegistry;
  readonly machine: Machine;
  /** Folder of the copies of clients' files from before, absolute. */
  readonly backups: string;
  readonly relayUrl: string;
  /** How to start ourselves, as it is to be written down; `undefined` where it must not be. */
  readonly program: Program | undefined;
  readonly policy: ClientPolicy;
  /** Names of the approved servers. */
  readonly servers: readonly string[];
  readonly clock: () => number;
}

/** What is written for a client, and what is kept of that. */
interface Connection {
  readonly entries: Readonly<Record<string, AppEntry>>;
  readonly record: ClientRecord;
}

/** The part of a client's record that says what its entries are. */
export function recordOfEntries(
  entries: Readonly<Record<string, AppEntry>>,
): Pick<ClientRecord, 'entries' | 'fingerprints'> {
  return {
    entries: Object.keys(entries),
    fingerprints: Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, fingerprintOf(entry)])),
  };
}

function connection(
  app: AppDefinition | undefined,
  choice: Choice,
  request: AddClientRequest,
  localKey: string,
  context: ConnectContext,
): Connection {
  const { registry, relayUrl, program, clock } = context;
  const { transport, gateway } = choice;
  // One client of each kind on a machine, but any number of pasted entries.
  const id = app?.kind ?? registry.newId();
  const source = { transport, relayUrl, localKey, program, clientId: id };
  const entries = makeEntries(choice, app ?? PASTED_SHAPES, source);
  const record: ClientRecord = {
    id,
    kind: request.kind,
    title: app?.title ?? 'Pasted entry',
    addedAt: clock(),
    keyHash: hashLocalKey(localKey),
    ...(app ? recordOfEntries(entries) : { entries: Object.keys(entries) }),
    transport,
    gateway,
    ...(transport === 'http' && { relayUrl }),
    ...(request.servers && { servers: request.servers }),
  };
  return { entries, record };
}

/** What an earlier connection left in the file; entries of ours that nobody remembers are taken over. */
async function previousIn(
  file: string,
  { place }: AppDefinition,
  before: ClientRecord | undefined,
  names: readonly string[],
): Promise<WrittenFile | undefined> {
  if (before?.file === file) return writtenOf(before);
  const lost = lostEntries(await readEntries(file, place), names);
  return lost.length > 0 ? { names: [...lost], made: 'nothing', hash: '' } : undefined;
}

async function writeInto(
  app: AppDefinition,
  { entries, record }: Connection,
  { registry, machine, backups, clock }: ConnectContext,
): Promise<ClientRecord> {
  const before = registry.clients.find(({ id }) => id === record.id);
  const file = await fileOf(app, machine);
  const previous = await previousIn(file, app, before, record.entries);
  const begun = { ...record, file, ...(previous && { written: previous }) };
  // The key is known before a client can use it; a file that cannot be written leaves nothing behind.
  await registry.put(begun);
  try {
    const written = await writeEntries(file, app.place, entries, { ...(previous && { previous }), backups, clock });
    const done = { ...begun, written };
    await registry.put(done);
    // The app moved its file. What cannot be taken out of the old one holds a key that has just stopped working.
    if (before?.file !== undefined && before.file !== file)
      await removeEntries(before.file, app.place, writtenOf(before) ?? written).catch(() => {});
    return done;
  } catch (error) {
    await (before ? registry.put(before) : registry.remove(record.id));
    throw error;
  }
}

async function add(request: AddClientRequest, context: ConnectContext): Promise<AddedClient> {
  const app = appOf(request.kind);
  const choice = chooseConnection(app, request, context.policy, context.servers);
  const localKey = makeLocalKey();
  const made = connection(app, choice, request, localKey, context);
  if (app) return { client: viewClient(await writeInto(app, made, context)), snippet: '', afterwards: app.afterwards };
  await context.registry.put(made.record);
  const snippet = JSON.stringify({ mcpServers: made.entries }, null, 2);
  return { client: viewClient(made.record), snippet, ...(choice.transport === 'http' && { localKey }) };
}

/**
 * Connects a client: makes its local key, writes its entries or gives what to paste. Connecting the same client
 * again replaces its entries and its key. The key leaves only with entries to paste.
 *
 * @throws {LanyardError} `unknown-server`, `app-not-allowed`, `app-transport`, `no-lasting-program`, `client-file`.
 */
export function addClient(request: AddClientRequest, context: ConnectContext): Promise<AddedClient> {
  return context.registry.inTurn(() => add(request, context));
}

/**
 * What {@link removeClient} does in its turn.
 *
 * @throws {LanyardError} `unknown-client`, `client-file`.
 */
export async function takeOut(id: string, registry: ClientRegistry): Promise<void> {
  const client = registry.clients.find((known) => known.id === id);
  if (!client)
    throw new LanyardError({
      code: 'unknown-client',
      user: `There is no connected client "${id}". See: lanyard client list`,
      administrator: `No client "${id}" is connected on this machine.`,
    });
  const written = writtenOf(client);
  const app = appOf(client.kind);
  if (client.file !== undefined && written && app) {
    // The key first: it must stop working even if the file cannot be edited. The record stays until the file is
    // cleared, with the hash of a key that nobody gets, so that this can be repeated.
    await registry.put({ ...client, keyHash: hashLocalKey(makeLocalKey()), leaving: true });
    await removeEntries(client.file, app.place, written);
  }
  await registry.remove(id);
}

/**
 * Disconnects a client: its key stops working and our entries are taken out of its file. Where the file cannot be
 * edited the client stays in the list, without a key that works: once the file is mended this can be repeated.
 *
 * @throws {LanyardError} `unknown-client`, `client-file`.
 */
export function removeClient(id: string, { registry }: Pick<ConnectContext, 'registry'>): Promise<void> {
  return registry.inTurn(() => takeOut(id, registry));
}
