import type { JsonValue } from './edit/entry-place.ts';
import { type Fingerprint, isObject, type JsonObject } from './fingerprint.ts';

/**
 * Keys that apps, and people in their settings, put beside ours and that change neither where an entry leads, what it
 * starts, nor what is sent along. From the apps' own documentation. Every key that is not here counts as a change, for
 * an app may read it in place of ours: some take `httpUrl` before `url`, or run what `headersHelper` names.
 */
const HARMLESS: ReadonlySet<string> = new Set([
  // Tools that run without a question.
  'alwaysAllow',
  'alwaysAllowTools',
  'autoApprove',
  'default_tools_approval_mode',
  // Tools that are offered.
  'available_tools',
  'disabledTools',
  'disabled_tools',
  'enabledTools',
  'enabled_tools',
  'excludeTools',
  'includeTools',
  'tools',
  // The switch of the entry.
  'disabled',
  'enabled',
  'required',
  // How long is waited.
  'initTimeout',
  'requestTimeout',
  'startup_timeout_ms',
  'startup_timeout_sec',
  'timeout',
  'tool_timeout_sec',
  // What is shown.
  'bundled',
  'description',
  'displayName',
  'display_name',
  'icon',
  'title',
]);

/** Keys that some apps write out with nothing in them when they write their file anew. */
const HARMLESS_IF_EMPTY: ReadonlySet<string> = new Set(['args', 'env', 'env_keys', 'environment', 'envs', 'headers']);

function isEmpty(value: JsonValue): boolean {
  return Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0;
}

/** Whether a key that was added may stay; `null` says of any key that it is not there. */
function isHarmless(key: string, value: JsonValue): boolean {
  return HARMLESS.has(key) || value === null || (HARMLESS_IF_EMPTY.has(key) && isEmpty(value));
}

function additionsTo(found: JsonValue | undefined, { keys }: Fingerprint): readonly (readonly [string, JsonValue])[] {
  return isObject(found) ? Object.entries(found).filter(([key]) => !keys.includes(key)) : [];
}

/** What an app or a person added to an entry of ours that may stay in it when it is written anew. */
export function harmlessAdditions(found: JsonValue | undefined, fingerprint: Fingerprint): JsonObject {
  return Object.fromEntries(additionsTo(found, fingerprint).filter(([key, value]) => isHarmless(key, value)));
}

/** Keys that somebody added to an entry of ours and that may turn it into another. */
export function otherAdditions(found: JsonValue | undefined, fingerprint: Fingerprint): readonly string[] {
  return additionsTo(found, fingerprint).flatMap(([key, value]) => (isHarmless(key, value) ? [] : [key]));
}
