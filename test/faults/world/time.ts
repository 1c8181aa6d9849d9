import { createVirtualTime, type VirtualTime } from '../../virtual-time.ts';

/**
 * Time that passes only when it is told to. It begins at the machine's time, since what the identity provider compares
 * with that (cookies of its pages) must not be old.
 */
export function createTime(): VirtualTime {
  return createVirtualTime(Date.now());
}
