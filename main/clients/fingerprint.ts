import { hash } from 'node:crypto';
import { z } from 'zod';
import type { JsonValue } from './edit/entry-place.ts';

/** Most keys of one entry, far above what any app's shape has. */
const KEY_LIMIT = 50;

/** Longest key of one, far above too. */
const PART_LIMIT_CHARACTERS = 100;

/**
 * What is kept of an entry to tell later whether it still is as we wrote it. A hash, since the entry may hold a local
 * key, whose 256 random bits no hash gives away.
 */
export const fingerprintSchema = z.strictObject({
  /** Keys that we wrote, sorted. Apps add their own beside them; see additions.ts. */
  keys: z.array(z.string()).max(KEY_LIMIT),
  /** SHA-256 of their values, in base64url; the order of keys does not count. */
  hash: z.string(),
  /** The same of each key's value alone, to say which of them is another; absent from older versions. */
  parts: z.record(z.string().max(PART_LIMIT_CHARACTERS), z.string()).optional(),
});

/** See {@link fingerprintSchema}. */
export type Fingerprint = Readonly<z.infer<typeof fingerprintSchema>>;

/** An object of an app's file. */
export type JsonObject = { readonly [key: string]: JsonValue };

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

function hashOf(value: JsonValue): string {
  return hash('sha256', canonical(value), 'base64url');
}

/** The fingerprint of an entry that we write. */
export function fingerprintOf(entry: JsonObject): Fingerprint {
  const parts = Object.entries(entry).map(([key, value]) => [key, hashOf(value)]);
  return { keys: Object.keys(entry).sort(), hash: hashOf(entry), parts: Object.fromEntries(parts) };
}

/** Whether what was found in a file still has everything as we wrote it; what it has besides does not count. */
export function isAsWritten(found: JsonValue | undefined, { keys, hash: expected }: Fingerprint): boolean {
  if (!isObject(found)) return false;
  return hashOf(Object.fromEntries(Object.entries(found).filter(([key]) => keys.includes(key)))) === expected;
}

/** Keys of ours that are still there with another value; none where an older version did not keep that. */
export function otherValues(found: JsonObject, { parts = {} }: Fingerprint): readonly string[] {
  return Object.entries(parts).flatMap(([key, expected]) => {
    const value = Object.hasOwn(found, key) ? found[key] : undefined;
    return value !== undefined && hashOf(value) !== expected ? [key] : [];
  });
}
