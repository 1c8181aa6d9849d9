import { join } from 'node:path';
import type { ClientKind } from '../../shared/client-kinds.ts';
import { LanyardError } from '../../shared/errors.ts';
import type { AddClientRequest, AddedClient } from '../../shared/local-api.ts';
import { type EntrySource, makeEntries, makeGatewayEntry } from './entries.ts';
import { removeEntries, writeEntries } from './json-config.ts';
import { hashLocalKey, makeLocalKey } from './local-key.ts';
import { type ClientRecord, type ClientRegistry, viewClient } from './registry.ts';

/** What is known of a kind of client. */
interface ClientTable {
  readonly title: string;
  /** The file we write, from the home folder; none: the person pastes. */
  readonly file?: readonly string[];
}

const CLIENTS: Readonly<Partial<Record<ClientKind, ClientTable>>> = {
  'claude-code': { title: 'Claude Code', file: ['.claude.json'] },
  snippet: { title: 'Pasted entry' },
};

/** What connecting works with. */
export interface ConnectContext {
  readonly registry: ClientRegistry;
  readonly home: string;
  readonly relayUrl: string;
  readonly program: EntrySource['program'];
  /** Names of the approved servers. */
  readonly servers: readonly string[];
  readonly clock: () => number;
}

/** Names of servers that policy does not have (`unknown-server`). */
export function unknownServers(names: readonly string[], known: readonly string[]): LanyardError {
  return new LanyardError({
    code: 'unknown-server',
    user: `There is no server ${names.map((name) => `"${name}"`).join(', ')}. Approved servers: ${known.join(', ') || 'none'}.`,
    administrator: `The policy has no server ${names.join(', ')}.`,
  });
}

// One Claude Code on a machine, but any number of pasted entries.
function clientId(kind: ClientKind, registry: ClientRegistry): string {
  if (CLIENTS[kind]?.file) return kind;
  const taken = new Set(registry.clients.map(({ id }) => id));
  let number = 1;
  while (taken.has(`${kind}-${number}`)) number += 1;
  return `${kind}-${number}`;
}

async function add(request: AddClientRequest, context: ConnectContext): Promise<AddedClient> {
  const { registry, home, relayUrl, program, clock } = context;
  const servers = request.servers ?? context.servers;
  const missing = servers.filter((name) => !context.servers.includes(name));
  if (missing.length > 0) throw unknownServers(missing, context.servers);

  const id = clientId(request.kind, registry);
  const { title, file } = CLIENTS[request.kind] ?? { title: request.kind };
  const localKey = makeLocalKey();
  const source: EntrySource = { transport: request.transport ?? 'http', relayUrl, localKey, program, clientId: id };
  const entries = request.gateway ? makeGatewayEntry(source) : makeEntries(servers, source);
  const record: ClientRecord = {
    id,
    kind: request.kind,
    title,
    addedAt: clock(),
    keyHash: hashLocalKey(localKey),
    entries: Object.keys(entries),
    ...(request.servers && { servers: request.servers }),
    ...(file && { file: join(home, ...file) }),
  };
  // The key is known before a client can use it; a file that cannot be written leaves nothing behind.
  const before = registry.clients.find((client) => client.id === id);
  await registry.put(record);
  try {
    if (record.file !== undefined) {
      const { made } = await writeEntries(record.file, entries, before?.made);
      await registry.put({ ...record, made });
    }
  } catch (error) {
    await (before ? registry.put(before) : registry.remove(id));
    throw error;
  }
  const snippet = record.file === undefined ? JSON.stringify({ mcpServers: entries }, null, 2) : '';
  return { client: viewClient(record), snippet, localKey };
}

/**
 * Connects a client: makes its local key, writes its entries or gives what to paste. Connecting the same client
 * again replaces its entries and its key.
 *
 * @throws {LanyardError} `unknown-server`, `client-file`.
 */
export function addClient(request: AddClientRequest, context: ConnectContext): Promise<AddedClient> {
  return context.registry.inTurn(() => add(request, context));
}

async function remove(id: string, registry: ClientRegistry): Promise<void> {
  const client = registry.clients.find((known) => known.id === id);
  if (!client)
    throw new LanyardError({
      code: 'unknown-client',
      user: `There is no connected client "${id}". See: lanyard client list`,
      administrator: `No client "${id}" is connected on this machine.`,
    });
  if (client.file !== undefined) {
    // The key first: it must stop working even if the file cannot be edited. The record stays until the file is
    // cleared, with the hash of a key that nobody gets, so that this can be repeated.
    await registry.put({ ...client, keyHash: hashLocalKey(makeLocalKey()) });
    await removeEntries(client.file, client.made ?? 'nothing');
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
  return registry.inTurn(() => remove(id, registry));
}
