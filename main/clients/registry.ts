import { readFile, rename } from 'node:fs/promises';
import { z } from 'zod';
import { clientKindSchema } from '../../shared/client-kinds.ts';
import type { ClientView } from '../../shared/local-api.ts';
import { writeDurably } from '../vault/durable-file.ts';

const clientRecordSchema = z.strictObject({
  id: z.string(),
  kind: clientKindSchema,
  title: z.string(),
  addedAt: z.number(),
  keyHash: z.string(),
  file: z.string().optional(),
  /** What was made for our entries in that file (see json-config.ts). */
  made: z.enum(['file', 'section', 'nothing']).optional(),
  entries: z.array(z.string()),
  /** The only servers its key opens; absent where the person did not limit it. */
  servers: z.array(z.string()).optional(),
});

const registrySchema = z.strictObject({ version: z.literal(1), clients: z.array(clientRecordSchema) });

/** A connected client as it is kept: with the hash of its local key, never the key. */
export type ClientRecord = z.infer<typeof clientRecordSchema>;

/**
 * The connected clients, in a file of their own beside the vault: nothing in it is secret, and a client must be
 * recognised, and told what is wrong, also while the keychain is locked.
 */
export interface ClientRegistry {
  readonly clients: readonly ClientRecord[];
  /** The client's id for the hash of a local key. */
  identify(keyHash: string): string | undefined;
  /** Whether a client's key opens this server. */
  mayReach(id: string, server: string): boolean;
  /** Adds a client or replaces the one with the same id; durable when it resolves. */
  put(client: ClientRecord): Promise<void>;
  remove(id: string): Promise<void>;
  /**
   * Runs `work` when all such work before it has ended: whoever connects a client reads the registry, then writes it
   * and the client's file.
   */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
}

async function read(path: string, now: number): Promise<readonly ClientRecord[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  try {
    return registrySchema.parse(JSON.parse(text)).clients;
  } catch {
    // Kept aside and not overwritten; the clients' keys stop working, which their entries can be remade for.
    await rename(path, `${path}.unreadable-${now}`);
    return [];
  }
}

/** Opens the registry at `path`. A file that does not parse is set aside. */
export async function openClientRegistry(path: string, clock: () => number = Date.now): Promise<ClientRegistry> {
  let clients = await read(path, clock());
  let byHash = new Map(clients.map(({ keyHash, id }) => [keyHash, id]));
  const save = async (next: readonly ClientRecord[]) => {
    await writeDurably(path, `${JSON.stringify({ version: 1, clients: next }, null, 2)}\n`, 0o600);
    clients = next;
    byHash = new Map(next.map(({ keyHash, id }) => [keyHash, id]));
  };
  const removed = new Set<string>();
  let turn: Promise<unknown> = Promise.resolve();
  return {
    get clients() {
      return clients;
    },
    identify: (keyHash) => byHash.get(keyHash),
    mayReach: (id, server) => {
      const client = clients.find((known) => known.id === id);
      // Labels of stdio clients are nobody's key, so they are not limited; a client that was removed may have streams open.
      return client ? (client.servers?.includes(server) ?? true) : !removed.has(id);
    },
    put: (client) => {
      removed.delete(client.id);
      return save([...clients.filter(({ id }) => id !== client.id), client]);
    },
    remove: (id) => {
      removed.add(id);
      return save(clients.filter((client) => client.id !== id));
    },
    inTurn: (work) => {
      const mine = turn.then(work);
      turn = mine.catch(() => {});
      return mine;
    },
  };
}

/** The part of a client that other processes see. */
export function viewClient({ id, kind, title, addedAt, file, entries }: ClientRecord): ClientView {
  return { id, kind, title, addedAt, entries, ...(file !== undefined && { file }) };
}
