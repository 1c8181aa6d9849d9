import type { Use } from '../shared/journal-views.ts';
import { countText } from './counts.ts';
import { agoText } from './times.ts';

/** How much something was used, in a few words: "12 calls today, last used 5 minutes ago". */
export function useText({ callsToday, lastUsedAt }: Use, now: number): string {
  if (lastUsedAt === undefined) return 'Not used yet';
  const last = `last used ${agoText(lastUsedAt, now)}`;
  return callsToday === 0 ? `L${last.slice(1)}` : `${countText(callsToday, 'call')} today, ${last}`;
}
