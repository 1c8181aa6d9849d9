import { HOLDING_COST_BYTES } from '../held-size.ts';

const LF = 0x0a;
const CR = 0x0d;
const COLON = 0x3a;

/** Cuts an event stream into pieces that can be judged, without changing a byte. */
export interface EventSplitter {
  /** The pieces that are complete: events with the empty line behind them, comments between them. */
  push(chunk: Buffer): Buffer[];
  /** What was held and never completed. */
  end(): Buffer;
  /** What is held, in bytes, with what holding costs. */
  readonly heldBytes: number;
}

/**
 * A splitter by the rules of the HTML Living Standard, section 9.2.6: lines end with LF, CR or CR LF, an empty one ends
 * an event. Comments between events pass at once: they keep connections up.
 */
export function createEventSplitter(): EventSplitter {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let isLineEmpty = true;
  let isComment = false;
  // Whether the event under way has a line before the present one.
  let hasLines = false;
  // The last byte ended a piece and was CR: an LF that comes now belongs to it.
  let isAfterCr = false;

  const hold = (part: Buffer) => {
    if (part.length === 0) return;
    held.push(part);
    heldBytes += part.length + HOLDING_COST_BYTES;
  };
  const release = (): Buffer => {
    const piece = held.length === 1 && held[0] ? held[0] : Buffer.concat(held);
    held = [];
    heldBytes = 0;
    return piece;
  };

  const push = (chunk: Buffer): Buffer[] => {
    const pieces: Buffer[] = [];
    let pieceStart = 0;
    let at = 0;
    if (isAfterCr && chunk[0] === LF) {
      // Where the CR ended a line within an event, its LF is held with it.
      at = 1;
      if (held.length === 0) {
        pieces.push(chunk.subarray(0, 1));
        pieceStart = 1;
      }
    }
    if (chunk.length > 0) isAfterCr = false;
    let lf = chunk.indexOf(LF, at);
    let cr = chunk.indexOf(CR, at);
    while (lf >= 0 || cr >= 0) {
      const lineEnd = cr < 0 || (lf >= 0 && lf < cr) ? lf : cr;
      if (lineEnd > at) {
        if (isLineEmpty) isComment = chunk[at] === COLON;
        isLineEmpty = false;
      }
      const isCr = lineEnd === cr;
      const end = isCr && chunk[lineEnd + 1] === LF ? lineEnd + 2 : lineEnd + 1;
      isAfterCr = isCr && end === chunk.length && chunk[end - 1] === CR;
      if (isLineEmpty || (isComment && !hasLines)) {
        hold(chunk.subarray(pieceStart, end));
        pieces.push(release());
        pieceStart = end;
        hasLines = false;
      } else hasLines = true;
      isLineEmpty = true;
      at = end;
      if (lf >= 0 && lf < at) lf = chunk.indexOf(LF, at);
      if (cr >= 0 && cr < at) cr = chunk.indexOf(CR, at);
    }
    if (at < chunk.length) {
      if (isLineEmpty) isComment = chunk[at] === COLON;
      isLineEmpty = false;
    }
    hold(chunk.subarray(pieceStart));
    return pieces;
  };

  return {
    push,
    end: release,
    get heldBytes() {
      return heldBytes;
    },
  };
}
