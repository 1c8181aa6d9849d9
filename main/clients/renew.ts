import { problemOf } from '../../shared/errors.ts';
import type { AppDefinition, AppEntry } from './apps/definition.ts';
import { appOf } from './apps/table.ts';
import { isAllowed } from './choice.ts';
import { type ConnectContext, recordOfEntries } from './connect.ts';
import { changesOf } from './drift.ts';
import { readEntries, writeEntries } from './edit/entry-file.ts';
import type { JsonValue } from './edit/entry-place.ts';
import { makeEntries } from './entries.ts';
import { additionsTo, isAsWritten } from './fingerprint.ts';
import { findLocalKey, hashLocalKey, makeLocalKey } from './local-key.ts';
import { type ClientRecord, writtenOf } from './registry.ts';

type Found = ReadonlyMap<string, JsonValue>;

/** What became of a connected app whose entries are not what they have to be now. */
export type Renewal = { readonly client: string } & (
  | { readonly outcome: 'renewed'; readonly hasNewKey: boolean }
  /** Left alone: somebody changed the entries, or the file cannot be edited. */
  | { readonly outcome: 'left'; readonly why: string }
);

/** The record of an app whose entries we know in full: older versions kept too little to judge them by. */
type KnownRecord = ClientRecord & {
  readonly [Key in 'file' | 'fingerprints' | 'transport' | 'gateway']: NonNullable<ClientRecord[Key]>;
};

function isKnown(client: ClientRecord): client is KnownRecord {
  const { file, fingerprints, transport, gateway } = client;
  return file !== undefined && fingerprints !== undefined && transport !== undefined && gateway !== undefined;
}

/** The entries that a client has to have now, with this key. */
function wantedEntries(
  { id, transport, gateway, servers }: KnownRecord,
  app: AppDefinition,
  localKey: string,
  { relayUrl, program, servers: approved }: ConnectContext,
): Readonly<Record<string, AppEntry>> {
  const reachable = servers ? servers.filter((name) => approved.includes(name)) : approved;
  // A gateway that leads nowhere is no use either.
  if (reachable.length === 0) return {};
  return makeEntries({ servers: reachable, gateway }, app, {
    transport,
    relayUrl,
    localKey,
    program,
    clientId: id,
  });
}

function isSame(wanted: Readonly<Record<string, AppEntry>>, { entries, fingerprints }: KnownRecord): boolean {
  const names = Object.keys(wanted);
  return (
    names.length === entries.length &&
    names.every((name) => fingerprints[name] !== undefined && isAsWritten(wanted[name], fingerprints[name]))
  );
}

/** What an app added to our entries ("always allow this tool") stays in them. */
function withAdditions(
  wanted: Readonly<Record<string, AppEntry>>,
  { fingerprints }: KnownRecord,
  found: Found,
): Readonly<Record<string, AppEntry>> {
  return Object.fromEntries(
    Object.entries(wanted).map(([name, entry]) => {
      const fingerprint = fingerprints[name];
      return [name, fingerprint ? { ...additionsTo(found.get(name), fingerprint), ...entry } : entry];
    }),
  );
}

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

async function renew(id: string, context: ConnectContext): Promise<Renewal | undefined> {
  const client = context.registry.clients.find((known) => known.id === id);
  const app = appOf(client?.kind ?? '');
  if (!client || !isKnown(client) || !app || !isAllowed(app, context.policy)) return undefined;
  try {
    const file = await readEntries(client.file, app.place);
    const found: Found = file ?? new Map();
    const kept = findLocalKey([...found.values()], client.keyHash);
    const hasMoved = client.relayUrl !== undefined && client.relayUrl !== context.relayUrl;
    // Another program may have listened at the old address, and seen the key.
    const needsKey = client.transport === 'http' && (hasMoved || kept === undefined);
    const localKey = needsKey ? makeLocalKey() : (kept ?? '');
    const wanted = wantedEntries(client, app, localKey, context);
    const isEmpty = client.entries.length === 0 && Object.keys(wanted).length === 0;
    if (isEmpty || (!needsKey && isSame(wanted, client))) return undefined;
    if (changesOf(client, file).length > 0) return { client: id, outcome: 'left', why: 'changed' };
    await write(client, app, { entries: withAdditions(wanted, client, found), wanted, localKey }, context);
    return { client: id, outcome: 'renewed', hasNewKey: needsKey };
  } catch (error) {
    return { client: id, outcome: 'left', why: problemOf(error).code };
  }
}

/**
 * Brings the entries of connected apps to what they have to be now: the relay's present address, the program's present
 * place, the servers that policy has. Those that name another address get a new key with it. Entries that somebody
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
