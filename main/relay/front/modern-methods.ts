/** Requests of the legacy era that revision 2026-07-28 took out (its changelog). */
const REMOVED: ReadonlySet<string> = new Set([
  'initialize',
  'ping',
  'logging/setLevel',
  'resources/subscribe',
  'resources/unsubscribe',
]);

/** Whether a method of the legacy era has no place in revision 2026-07-28. */
export function isRemovedMethod(method: string): boolean {
  return REMOVED.has(method) || method.startsWith('notifications/');
}
