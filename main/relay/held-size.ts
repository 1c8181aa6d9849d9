const LF = 0x0a;
const CR = 0x0d;
const COLON = 0x3a;

/** What a line or a chunk that is held costs beside its own bytes: millions of tiny ones are large as well. */
export const HOLDING_COST_BYTES = 128;

/** How much of an event stream its reader has to hold. */
export interface HeldSize {
  /** Takes the next chunk into account; gives the bytes held after it. */
  push(chunk: Buffer): number;
}

/**
 * Counts what a reader of an event stream holds (HTML Living Standard section 9.2.6): the lines of the event under way
 * and the line that has begun. Only an empty line ends an event. A complete comment is held by nobody, unless it stands
 * within an event: that one's lines are parts of the same texts, and keep it.
 */
export function createHeldSize(): HeldSize {
  let lines = 0;
  let line = 0;
  let isLineEmpty = true;
  let isComment = false;
  let isAfterCr = false;
  const take = (chunk: Buffer, start: number, end: number) => {
    if (start === end) return;
    if (isLineEmpty) isComment = chunk[start] === COLON;
    isLineEmpty = false;
    line += end - start;
  };
  const endLine = () => {
    if (isLineEmpty) lines = 0;
    else if (!isComment || lines > 0) lines += line + HOLDING_COST_BYTES;
    line = 0;
    isLineEmpty = true;
  };
  return {
    push: (chunk) => {
      let start = 0;
      let lf = chunk.indexOf(LF);
      let cr = chunk.indexOf(CR);
      while (lf >= 0 || cr >= 0) {
        const end = cr < 0 || (lf >= 0 && lf < cr) ? lf : cr;
        take(chunk, start, end);
        // CR LF is one end, also when it is cut in two.
        const isSecondHalf = end === lf && isAfterCr && isLineEmpty;
        if (!isSecondHalf) endLine();
        isAfterCr = end === cr;
        start = end + 1;
        if (end === lf) lf = chunk.indexOf(LF, start);
        else cr = chunk.indexOf(CR, start);
      }
      take(chunk, start, chunk.length);
      if (!isLineEmpty) line += HOLDING_COST_BYTES;
      return lines + line;
    },
  };
}
