import { hash } from 'node:crypto';
import { z } from 'zod';
import type { JsonValue } from './edit/entry-place.ts';

/** Most keys of one entry, far above what any app's shape has. */
const KEY_LIMIT = 50;

/**
 * What is kept of an entry to tell later whether it still is as we wrote it. A hash, since the entry may hold a local
 * key, whose 256 random bits no hash gives away.
 */
export const fingerprintSchema = z.strictObject({
  /** Keys that we wrote, sorted. Apps add their own beside them ("always allow this tool"), which is no drift. */
  keys: z.array(z.string()).max(KEY_LIMIT),
  /** SHA-256 of their values, in base64url; the order of keys does not count. */
  hash: z.string(),
});

/** See {@link fingerprintSchema}. */
export type Fingerprint = Readonly<z.infer<typeof fingerprintSchema>>;

type JsonObject = { readonly [key: string]: JsonValue };

/** Whether a value is an object, not a list and not null. */
export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) => (a < b ? -1 : 1);

/** One text for every order of keys: apps that write their file again may sort them anew. */
function canonical(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const parts = Object.entries(value)
    .sort(byName)
    .map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`);
  return `{${parts.join(',')}}`;
}

/** The fingerprint of an entry that we write. */
export function fingerprintOf(entry: JsonObject): Fingerprint {
  return { keys: Object.keys(entry).sort(), hash: hash('sha256', canonical(entry), 'base64url') };
}

/** Whether what was found in a file still has everything as we wrote it. */
export function isAsWritten(found: JsonValue | undefined, { keys, hash: expected }: Fingerprint): boolean {
  if (!isObject(found)) return false;
  const ours = Object.fromEntries(Object.entries(found).filter(([key]) => keys.includes(key)));
  return fingerprintOf(ours).hash === expected;
}

/** What an app or a person added to an entry of ours. */
export function additionsTo(found: JsonValue | undefined, { keys }: Fingerprint): JsonObject {
  if (!isObject(found)) return {};
  return Object.fromEntries(Object.entries(found).filter(([key]) => !keys.includes(key)));
}
