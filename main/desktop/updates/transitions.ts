import type { Problem } from '../../../shared/errors.ts';
import type { Updates } from '../bridge/desk.ts';

/** What happens to updates. Times are milliseconds since the epoch. */
export type UpdateEvent =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'forbidden' }
  | { readonly kind: 'looking' }
  | { readonly kind: 'nothing-newer'; readonly at: number }
  | { readonly kind: 'found'; readonly version: string }
  /** `percent`: 0 to 100, any fraction. */
  | { readonly kind: 'progress'; readonly percent: number }
  | { readonly kind: 'loaded'; readonly version: string }
  | { readonly kind: 'failed'; readonly problem: Problem };

function next(now: Updates, event: UpdateEvent): Updates {
  switch (event.kind) {
    case 'allowed':
    case 'forbidden':
      return now;
    case 'looking':
      return { kind: 'looking' };
    case 'nothing-newer':
      return { kind: 'idle', lookedAt: event.at };
    case 'found':
      return { kind: 'loading', version: event.version, percent: 0 };
    case 'progress':
      if (now.kind !== 'loading') return now;
      return { ...now, percent: Math.max(now.percent, Math.min(100, Math.floor(event.percent))) };
    case 'loaded':
      return { kind: 'ready', version: event.version };
    case 'failed':
      return { kind: 'failed', problem: event.problem };
  }
}

/**
 * What is shown after an event. Nothing counts while updates are not allowed, and an update that is ready stays so,
 * whatever later looks bring, until a newer one takes its place.
 */
export function nextUpdates(now: Updates, event: UpdateEvent): Updates {
  if (event.kind === 'forbidden') return { kind: 'managed' };
  if (now.kind === 'managed') return event.kind === 'allowed' ? { kind: 'idle' } : now;
  if (now.kind === 'ready') {
    const isNewer = (event.kind === 'found' || event.kind === 'loaded') && event.version !== now.version;
    return isNewer ? next(now, event) : now;
  }
  return next(now, event);
}
