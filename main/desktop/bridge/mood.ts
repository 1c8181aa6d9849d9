import type { Face } from './face.ts';
import { needsAttention } from './words.ts';

/** What the tray icon says at a glance. */
export type Mood = 'signed-out' | 'ready' | 'attention' | 'offline';

/**
 * Derives the icon from everything known. `denied` is not attention: the administrator decided it, the person has
 * nothing to do, and an icon that always nags is soon not looked at.
 */
export function moodOf(face: Face): Mood {
  if (face.link !== 'connected') return 'offline';
  const { session, servers, vault, signInWanted } = face.state;
  if (vault.status !== 'ready' || signInWanted || session.cause) return 'attention';
  if (session.status === 'signed-out') return 'signed-out';
  if (servers.some(needsAttention)) return 'attention';
  const used = servers.filter(({ status }) => status !== 'denied' && status !== 'idle');
  if (used.length > 0 && used.every(({ status }) => status === 'retrying')) return 'offline';
  return 'ready';
}
