/** What stands behind a value of a flow map, up to the next value or the bracket. */
export interface FlowGap {
  /** Offset of its comma. */
  readonly comma: number | undefined;
  /** Where its last comma or comment ends; its start where it has neither. */
  readonly end: number;
  readonly endsInComment: boolean;
}

const TOKEN = /\s+|#[^\r\n]*|,/y;

/** Reads the gap that starts at `start`, in a text that parsed. */
export function flowGapAt(text: string, start: number): FlowGap {
  let gap: FlowGap = { comma: undefined, end: start, endsInComment: false };
  TOKEN.lastIndex = start;
  for (;;) {
    const offset = TOKEN.lastIndex;
    const token = TOKEN.exec(text)?.[0];
    if (token === undefined || (token === ',' && gap.comma !== undefined)) return gap;
    const end = offset + token.length;
    if (token === ',') gap = { comma: offset, end, endsInComment: false };
    else if (token.startsWith('#')) gap = { ...gap, end, endsInComment: true };
  }
}
