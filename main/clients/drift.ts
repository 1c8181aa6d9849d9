import type { JsonValue } from './edit/entry-place.ts';
import { isAsWritten } from './fingerprint.ts';
import type { ClientRecord } from './registry.ts';

/**
 * What of a client's entries is not as we wrote it, one sentence each; empty where all is well. Of a client that an
 * older version connected only missing entries are noticed.
 *
 * @param found the entries of its file by name; `undefined` where there is no file.
 */
export function changesOf(
  { id, entries, fingerprints, leaving, file = '' }: ClientRecord,
  found: ReadonlyMap<string, JsonValue> | undefined,
): readonly string[] {
  if (leaving) return [`It is disconnected, but Lanyard's entries are still in the file. Disconnect "${id}" again.`];
  if (entries.length === 0) return [];
  if (!found) return [`The file ${file} is gone, and Lanyard's entries with it.`];
  const missing = entries.filter((name) => !found.has(name));
  if (missing.length === entries.length && entries.length > 1) return ["Lanyard's entries were taken out of the file."];
  return entries.flatMap((name) => {
    if (missing.includes(name)) return [`The entry "${name}" was taken out of the file.`];
    const fingerprint = fingerprints?.[name];
    return fingerprint && !isAsWritten(found.get(name), fingerprint) ? [`The entry "${name}" was edited.`] : [];
  });
}
