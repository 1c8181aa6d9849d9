import type { Face } from '../main/desktop/bridge/face.ts';
import { stateLine } from '../main/desktop/bridge/words.ts';
import { STATUS_WORDS } from '../shared/status-words.ts';

/** More servers than this change together when somebody signs in or out; the state line says it shorter. */
const SERVERS_NAMED = 3;

/**
 * What changed between two faces, as one sentence for a screen reader; empty where nothing did that a person would
 * want to hear (times, counters).
 */
export function announcement(before: Face, after: Face): string {
  const parts: string[] = [];
  if (stateLine(before) !== stateLine(after)) parts.push(stateLine(after));
  if (before.link === 'connected' && after.link === 'connected') {
    const known = new Map(before.state.servers.map(({ name, status }) => [name, status]));
    const changed = after.state.servers.filter(({ name, status }) => known.get(name) !== status);
    if (changed.length <= SERVERS_NAMED)
      parts.push(...changed.map(({ title, status }) => `${title}: ${STATUS_WORDS[status]}`));
  }
  // A part that ends with an ellipsis has its end.
  return parts.map((part) => (part.endsWith('…') ? part : `${part}.`)).join(' ');
}
