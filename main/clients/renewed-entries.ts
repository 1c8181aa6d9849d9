import { harmlessAdditions } from './additions.ts';
import type { AppDefinition, AppEntry } from './apps/definition.ts';
import type { ConnectContext } from './connect.ts';
import type { JsonValue } from './edit/entry-place.ts';
import { makeEntries } from './entries.ts';
import { isAsWritten } from './fingerprint.ts';
import type { ClientRecord } from './registry.ts';

type Found = ReadonlyMap<string, JsonValue>;

/** The record of an app whose entries we know in full: older versions kept too little to judge them by. */
export type KnownRecord = ClientRecord & {
  readonly [Key in 'file' | 'fingerprints' | 'transport' | 'gateway']: NonNullable<ClientRecord[Key]>;
};

/** Whether a record is one of them. */
export function isKnown(client: ClientRecord): client is KnownRecord {
  const { file, fingerprints, transport, gateway } = client;
  return file !== undefined && fingerprints !== undefined && transport !== undefined && gateway !== undefined;
}

/** The entries that a client has to have now, with this key. */
export function wantedEntries(
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

/** Whether these entries have the names of those that were written. */
export function hasSameNames(wanted: Readonly<Record<string, AppEntry>>, { entries }: KnownRecord): boolean {
  const names = Object.keys(wanted);
  return names.length === entries.length && names.every((name) => entries.includes(name));
}

/** Whether these entries are those that were written. */
export function isSame(wanted: Readonly<Record<string, AppEntry>>, client: KnownRecord): boolean {
  return (
    hasSameNames(wanted, client) &&
    Object.entries(wanted).every(([name, entry]) => {
      const fingerprint = client.fingerprints[name];
      return fingerprint !== undefined && isAsWritten(entry, fingerprint);
    })
  );
}

/** What an app added to our entries ("always allow this tool") stays in them; what may turn them into others does not. */
export function withAdditions(
  wanted: Readonly<Record<string, AppEntry>>,
  { fingerprints }: KnownRecord,
  found: Found,
): Readonly<Record<string, AppEntry>> {
  return Object.fromEntries(
    Object.entries(wanted).map(([name, entry]) => {
      const fingerprint = fingerprints[name];
      return [name, fingerprint ? { ...harmlessAdditions(found.get(name), fingerprint), ...entry } : entry];
    }),
  );
}
