import type { Updates } from '../../main/desktop/bridge/desk.ts';
import { agoText } from '../times.ts';

/** How it stands with updates, in a sentence. */
export function updateText(updates: Updates, now: number): string {
  switch (updates.kind) {
    case 'managed':
      return 'Whoever installed Lanyard updates it too.';
    case 'idle':
      return updates.lookedAt === undefined
        ? 'No newer version is known.'
        : `This is the newest version. Looked ${agoText(updates.lookedAt, now)}.`;
    case 'looking':
      return 'Looking for a newer version…';
    case 'loading':
      return `Version ${updates.version} is being loaded: ${Math.round(updates.percent)} %.`;
    case 'ready':
      return `Version ${updates.version} is ready to be installed.`;
    case 'failed':
      return updates.problem.user;
  }
}
