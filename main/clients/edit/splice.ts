/** A change of a text: what lies between two offsets gives way to `text`. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** An insertion. */
export function insertion(offset: number, text: string): Splice {
  return { start: offset, end: offset, text };
}

/** A removal. */
export function removal(start: number, end: number): Splice {
  return { start, end, text: '' };
}

/** Applies changes that do not overlap, in any order; of those at one offset the first given comes first. */
export function splice(text: string, changes: readonly Splice[]): string {
  let edited = '';
  let done = 0;
  for (const change of changes.toSorted((a, b) => a.start - b.start)) {
    edited += text.slice(done, change.start) + change.text;
    done = change.end;
  }
  return edited + text.slice(done);
}

/**
 * Removes whole lines, each range from the start of a line to the start of another or the text's end. Where the text's
 * end goes and had no line end, the line that becomes the last loses its own.
 */
export function spliceLines(text: string, ranges: readonly (readonly [number, number])[]): string {
  const edited = splice(
    text,
    ranges.map(([start, end]) => removal(start, end)),
  );
  const isOpenEnd = !text.endsWith('\n') && ranges.some(([, end]) => end === text.length);
  return isOpenEnd ? edited.replace(/\r?\n$/, '') : edited;
}
