import { LOCAL_KEY_HEADER_NAME } from '../../shared/local-key-header.ts';
import type { JsonValue } from './edit/entry-place.ts';
import { isObject } from './fingerprint.ts';

/** Whether a value has our header's name as a key, or the arguments that start a shim, at any depth. */
function looksLikeOurs(value: JsonValue): boolean {
  if (Array.isArray(value)) return value.includes('stdio') && value.includes('--client');
  if (!isObject(value)) return false;
  return Object.entries(value).some(([key, inner]) => key === LOCAL_KEY_HEADER_NAME || looksLikeOurs(inner));
}

/**
 * Entries of ours that nobody remembers: the list of clients was lost, or the file came from another computer. Only
 * those that stand in the way of what is written, and only if they can be nobody else's.
 *
 * @param found the entries of the file by name; `undefined` where there is no file.
 * @param names of the entries to write.
 */
export function lostEntries(
  found: ReadonlyMap<string, JsonValue> | undefined,
  names: readonly string[],
): readonly string[] {
  return names.filter((name) => looksLikeOurs(found?.get(name) ?? null));
}
