/**
 * For so long after a failed try a call hears its cause at once, in ms; one that comes later tries again, whatever the
 * pause that we would keep by ourselves: an outage may be over, and a call must not fail for our sake. Long enough that
 * programs which call in a loop do not add to an outage.
 */
export const CALL_PAUSE_MS = 3_000;
