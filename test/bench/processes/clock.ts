const NS_PER_MS = 1e6;

/** A clock that every process of this machine shares, in ms: what one wrote down another may subtract. */
export function sharedNow(): number {
  return Number(process.hrtime.bigint()) / NS_PER_MS;
}
