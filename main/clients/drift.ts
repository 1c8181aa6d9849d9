import { oneLine } from '../../shared/plain-text.ts';
import { otherAdditions } from './additions.ts';
import type { JsonValue } from './edit/entry-place.ts';
import { type Fingerprint, isAsWritten, isObject, otherValues } from './fingerprint.ts';
import type { ClientRecord } from './registry.ts';

/** Most keys that one sentence names. */
const NAMED_LIMIT = 5;

/** Longest part of a key that is shown: whoever added it chose it. */
const KEY_LIMIT_CHARACTERS = 40;

/** Keys whose value is an address, in any app's entries. */
const ADDRESSES: readonly string[] = ['url', 'uri', 'httpUrl', 'serverUrl'];

/** Keys whose value is a program. */
const PROGRAMS: readonly string[] = ['command', 'cmd'];

function editOf(found: JsonValue | undefined, fingerprint: Fingerprint): readonly string[] {
  if (isAsWritten(found, fingerprint)) return [];
  const others = isObject(found) ? otherValues(found, fingerprint) : [];
  const sentences = [
    ...(others.some((key) => ADDRESSES.includes(key)) ? ['has another address'] : []),
    ...(others.some((key) => PROGRAMS.includes(key)) ? ['starts another program'] : []),
  ];
  return sentences.length > 0 ? sentences : ['was edited'];
}

function additionOf(found: JsonValue | undefined, fingerprint: Fingerprint): readonly string[] {
  const keys = otherAdditions(found, fingerprint);
  if (keys.length === 0) return [];
  const named = keys.slice(0, NAMED_LIMIT).map((key) => oneLine(key).slice(0, KEY_LIMIT_CHARACTERS));
  const more = keys.length > NAMED_LIMIT ? ' and more' : '';
  return [`has something added that Lanyard did not write: ${named.join(', ')}${more}`];
}

/** What is not as we wrote it in one entry, one sentence each. */
function changesIn(name: string, found: JsonValue | undefined, fingerprint: Fingerprint): readonly string[] {
  const changes = [...editOf(found, fingerprint), ...additionOf(found, fingerprint)];
  return changes.map((change) => `The entry "${name}" ${change}.`);
}

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
    return fingerprint ? changesIn(name, found.get(name), fingerprint) : [];
  });
}
