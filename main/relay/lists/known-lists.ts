import { z } from 'zod';
import { jsonBytes } from './fit-lists.ts';
import { type ServerLists, serverListsSchema } from './server-lists.ts';

/** Servers whose lists are kept; a policy names tens of them. */
const SERVER_LIMIT = 200;

/** All lists together, as JSON in bytes: kept in memory and written as a whole. */
const KNOWN_LIMIT_BYTES = 32 * 1024 * 1024;

/** The lists belong to one person (OpenID Connect Core section 2: `iss` and `sub`). */
export interface Person {
  readonly issuer: string;
  readonly subject: string;
}

/** Lists as they are kept. */
export interface KnownLists {
  readonly lists: ServerLists;
  /** When they came, ms since the epoch. */
  readonly fetchedAt: number;
  /** Length as JSON, bytes. */
  readonly bytes: number;
}

/** By server. */
export type Known = ReadonlyMap<string, KnownLists>;

const fileSchema = z.strictObject({
  version: z.literal(1),
  person: z.strictObject({ issuer: z.string(), subject: z.string() }),
  servers: z.record(z.string(), z.strictObject({ fetchedAt: z.number(), lists: serverListsSchema })),
});

/** Whether two are the same person; nobody is nobody's same. */
export function isSamePerson(a: Person | null, b: Person | null): boolean {
  return a !== null && b !== null && a.issuer === b.issuer && a.subject === b.subject;
}

/** Adds a server's lists, and lets those go that came longest ago where there is too much. */
export function withLists(
  known: Known,
  server: string,
  { lists, fetchedAt }: { readonly lists: ServerLists; readonly fetchedAt: number },
): Known {
  const rest = [...known].filter(([name]) => name !== server).sort(([, a], [, b]) => b.fetchedAt - a.fetchedAt);
  const kept = new Map([[server, { lists, fetchedAt, bytes: jsonBytes(lists) }]]);
  let bytes = kept.get(server)?.bytes ?? 0;
  for (const [name, entry] of rest) {
    bytes += entry.bytes;
    if (kept.size >= SERVER_LIMIT || bytes > KNOWN_LIMIT_BYTES) break;
    kept.set(name, entry);
  }
  return kept;
}

/** The file's text. Of the person only what names them: whoever asks may hold more, and secrets among it. */
export function writeKnown({ issuer, subject }: Person, known: Known): string {
  const servers = Object.fromEntries([...known].map(([name, { lists, fetchedAt }]) => [name, { fetchedAt, lists }]));
  return `${JSON.stringify({ version: 1, person: { issuer, subject }, servers })}\n`;
}

/** Reads the file; `undefined` where it is not one, or holds more than is ever written. */
export function readKnown(text: string): { readonly person: Person; readonly known: Known } | undefined {
  // Times and names are written beside the lists.
  if (text.length > KNOWN_LIMIT_BYTES * 1.1) return undefined;
  try {
    const { person, servers } = fileSchema.parse(JSON.parse(text));
    const entries = Object.entries(servers);
    if (entries.length > SERVER_LIMIT) return undefined;
    const known = new Map(
      entries.map(([name, { lists, fetchedAt }]) => [name, { lists, fetchedAt, bytes: jsonBytes(lists) }]),
    );
    return { person, known };
  } catch {
    return undefined;
  }
}
