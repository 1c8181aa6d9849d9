import { readFile, rename } from 'node:fs/promises';
import { z } from 'zod';
import { clientKindSchema, transportSchema } from '../../shared/client-kinds.ts';
import type { ClientView } from '../../shared/local-api.ts';
import { writeDurably } from '../vault/durable-file.ts';
import { type WrittenFile, writtenFileSchema } from './edit/written-file.ts';
import { fingerprintSchema } from './fingerprint.ts';

// Not strict: a newer version may have written more, and going back to this one must not turn every client away.
const clientRecordSchema = z.object({
  id: z.string(),
  kind: clientKindSchema,
  title: z.string(),
  addedAt: z.number(),
  keyHash: z.string(),
  file: z.string().optional(),
  /** What was made for our entries in that file, by a version that kept no `written`. */
  made: z.enum(['file', 'section', 'nothing']).optional(),
  /** What undoing needs; absent before the file was written, and from older versions. */
  written: writtenFileSchema.optional(),
  /** Names of the entries. */
  entries: z.array(z.string()),
  /** What each of them looked like. Absent for pasted ones, and from older versions. */
  fingerprints: z.record(z.string(), fingerprintSchema).optional(),
  /** The only servers its key opens; absent where the person did not limit it. */
  servers: z.array(z.string()).optional(),
  /** Set where it is disconnected, but its entries could not be taken out of its file yet. */
  leaving: z.literal(true).optional(),
  /** Absent from older versions. */
  transport: transportSchema.optional(),
  gateway: z.boolean().optional(),
  /** The relay's address in its entries; absent for stdio, and from older versions. */
  relayUrl: z.string().optional(),
});

const registrySchema = z.object({
  version: z.literal(1),
  /** The highest number that a pasted client ever had; absent from older versions. */
  lastNumber: z.int().min(0).optional(),
  clients: z.array(clientRecordSchema),
});

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
  /** An id that no pasted client ever had: what the journal says of one must not be taken for another. */
  newId(): string;
  /** Adds a client or replaces the one with the same id; durable when it resolves. */
  put(client: ClientRecord): Promise<void>;
  remove(id: string): Promise<void>;
  /**
   * Runs `work` when all such work before it has ended: whoever connects a client reads the registry, then writes it
   * and the client's file.
   */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
}

type Contents = Pick<z.infer<typeof registrySchema>, 'lastNumber' | 'clients'>;

async function read(path: string, now: number): Promise<Contents> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { clients: [] };
    throw error;
  }
  try {
    return registrySchema.parse(JSON.parse(text));
  } catch {
    // Kept aside and not overwritten; the clients' keys stop working, which their entries can be remade for.
    await rename(path, `${path}.unreadable-${now}`);
    return { clients: [] };
  }
}

const PASTED_ID = /^snippet-(\d{1,9})$/;

/** The number in the id of a pasted client; 0 for any other one. */
function numberIn(id: string): number {
  return Number(PASTED_ID.exec(id)?.[1] ?? 0);
}

/** Opens the registry at `path`. A file that does not parse is set aside. */
export async function openClientRegistry(path: string, clock: () => number = Date.now): Promise<ClientRegistry> {
  let { clients, lastNumber = 0 } = await read(path, clock());
  let byHash = new Map(clients.map(({ keyHash, id }) => [keyHash, id]));
  const highest = (those: readonly ClientRecord[]) => Math.max(lastNumber, ...those.map(({ id }) => numberIn(id)));
  const save = async (next: ClientRecord[]) => {
    const number = highest(next);
    const contents = { version: 1, ...(number > 0 && { lastNumber: number }), clients: next };
    await writeDurably(path, `${JSON.stringify(contents, null, 2)}\n`, 0o600);
    lastNumber = number;
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
      if (!client) return !removed.has(id);
      return !client.leaving && (client.servers?.includes(server) ?? true);
    },
    newId: () => `snippet-${highest(clients) + 1}`,
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

/**
 * What undoing the entries of a client needs; `undefined` where nothing of it is in a file. Older versions kept less:
 * names are enough then. A crash may have come after the client's record and its file, but before what the writing
 * gave, so the record's own names are always among them.
 */
export function writtenOf({ file, written, entries, made = 'nothing' }: ClientRecord): WrittenFile | undefined {
  if (file === undefined) return undefined;
  if (!written) return { names: entries, made, hash: '' };
  return { ...written, names: [...new Set([...written.names, ...entries])] };
}

/** The part of a client that other processes see. */
export function viewClient({ id, kind, title, addedAt, file, entries }: ClientRecord): ClientView {
  return { id, kind, title, addedAt, entries, ...(file !== undefined && { file }) };
}
