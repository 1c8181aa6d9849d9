import { createVirtualTime, type VirtualTime } from '../../virtual-time.ts';

/**
 * How far ahead of the machine's clock it begins, in ms: it stands still while the machine's goes on, and differences of
 * less than half a minute count as none.
 */
const AHEAD_MS = 60 * 60 * 1000;

/**
 * Time that passes only when it is told to. It begins near the machine's time, since what the identity provider compares
 * with that (cookies of its pages) must not be old.
 */
export function createTime(): VirtualTime {
  return createVirtualTime(Date.now() + AHEAD_MS);
}
