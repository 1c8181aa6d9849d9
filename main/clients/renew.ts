import { problemOf } from '../../shared/errors.ts';
import type { AppDefinition, AppEntry } from './apps/definition.ts';
import { appOf } from './apps/table.ts';
import { isAllowed } from './choice.ts';
import { type ConnectContext, recordOfEntries, takeOut } from './connect.ts';
import { changesOf } from './drift.ts';
import { readEntries, writeEntries } from './edit/entry-file.ts';
import type { JsonValue } from './edit/entry-place.ts';
import { findLocalKey, hashLocalKey, makeLocalKey } from './local-key.ts';
import { type ClientRecord, writtenOf } from './registry.ts';
import { hasSameNames, isKnown, isSame, type KnownRecord, wantedEntries, withAdditions } from './renewed-entries.ts';

type Found = ReadonlyMap<string, JsonValue>;

/** What became of a connected app whose entries are not what they have to be now. */
export type Renewal = { readonly client: string } & (
  | { readonly outcome: 'renewed'; readonly hasNewKey: boolean }
  /** It was to be disconnected before, and its file could not be edited then. */
  | { readonly outcome: 'removed' }
  /** Left alone: somebody changed the entries, or the file cannot be edited. */
  | { readonly outcome: 'left'; readonly why: string }
);

async function write(
  client: KnownRecord,
  app: AppDefinition,
  {
    entries,
    wanted,
    localKey,
  }: Record<'entries' | 'wanted', Readonly<Record<string, AppEntry>>> & {
    readonly localKey: string;
  },
  { registry, relayUrl, backups, clock }: ConnectContext,
): Promise<void> {
  const next: ClientRecord = {
    ...client,
    ...recordOfEntries(wanted),
    keyHash: hashLocalKey(localKey),
    ...(client.transport === 'http' && { relayUrl }),
  };
  const previous = writtenOf(client);
  await registry.put(next);
  try {
    const options = { ...(previous && { previous }), backups, clock };
    const written = await writeEntries(client.file, app.place, entries, options);
    await registry.put({ ...next, written });
  } catch (error) {
    await registry.put(client);
    throw error;
  }
}

/** The entries of a client's file, or why they cannot be had. */
async function read(file: string, app: AppDefinition): Promise<{ readonly found?: Found; readonly problem?: string }> {
  try {
    const found = await readEntries(file, app.place);
    return found ? { found } : {};
  } catch (error) {
    return { problem: problemOf(error).code };
  }
}

/** The entries that a client has to have, or why there can be none. */
function wantedOr(...given: Parameters<typeof wantedEntries>): ReturnType<typeof wantedEntries> | string {
  try {
    return wantedEntries(...given);
  } catch (error) {
    return problemOf(error).code;
  }
}

async function renew(id: string, context: ConnectContext): Promise<Renewal | undefined> {
  const client = context.registry.clients.find((known) => known.id === id);
  const app = appOf(client?.kind ?? '');
  // Also one that policy allowed when it was connected: the list is the administrator's switch.
  if (client?.leaving || (app && !isAllowed(app, context.policy))) return leave(id, context);
  if (!client || !isKnown(client) || !app) return undefined;
  const { found, problem } = await read(client.file, app);
  const hasMoved = client.relayUrl !== undefined && client.relayUrl !== context.relayUrl;
  const kept = findLocalKey([...(found?.values() ?? [])], client.keyHash);
  // Another program may have listened at the old address, and seen the key.
  const hasNewKey = client.transport === 'http' && (hasMoved || kept === undefined);
  const localKey = hasNewKey ? makeLocalKey() : (kept ?? '');
  const wanted = wantedOr(client, app, localKey, context);
  if (typeof wanted === 'string') return { client: id, outcome: 'left', why: wanted };
  // Without the key that is in the file, only addresses and names can be compared.
  const isGood = hasNewKey ? !hasMoved && hasSameNames(wanted, client) : isSame(wanted, client);
  if (isGood || (client.entries.length === 0 && Object.keys(wanted).length === 0)) return undefined;
  const why = problem ?? (changesOf(client, found).length > 0 ? 'changed' : undefined);
  if (why !== undefined) return { client: id, outcome: 'left', why };
  try {
    const entries = withAdditions(wanted, client, found ?? new Map());
    await write(client, app, { entries, wanted, localKey }, context);
    return { client: id, outcome: 'renewed', hasNewKey };
  } catch (error) {
    return { client: id, outcome: 'left', why: problemOf(error).code };
  }
}

/** Goes on with what {@link takeOut} could not do. */
async function leave(id: string, { registry }: ConnectContext): Promise<Renewal> {
  try {
    await takeOut(id, registry);
    return { client: id, outcome: 'removed' };
  } catch (error) {
    return { client: id, outcome: 'left', why: problemOf(error).code };
  }
}

/**
 * Brings the entries of connected apps to what they have to be now: the relay's present address, the program's present
 * place, the servers that policy has. Those that name another address get a new key with it. Apps that policy no longer offers are
 * disconnected. Entries that somebody
 * changed stay as they are, and so does a file that cannot be edited. Never throws for a client's file.
 */
export async function renewClients(context: ConnectContext): Promise<readonly Renewal[]> {
  const { registry } = context;
  const renewals: Renewal[] = [];
  for (const { id } of registry.clients) {
    const renewal = await registry.inTurn(() => renew(id, context));
    if (renewal) renewals.push(renewal);
  }
  return renewals;
}
