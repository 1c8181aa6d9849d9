/**
 * Objects and lists within each other that a message may have. Whoever reads it walks it again and again: what
 * `JSON.parse` still takes, `JSON.stringify` and every comparison may die of.
 */
export const DEPTH_LIMIT = 1_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Whether a JSON text nests deeper than {@link DEPTH_LIMIT}. In one pass; what is no JSON may give either. */
export function isTooDeep(text: string): boolean {
  if (text.length <= DEPTH_LIMIT) return false;
  let depth = 0;
  let isString = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (isString) {
      if (code === BACKSLASH) at += 1;
      else if (code === QUOTE) isString = false;
    } else if (code === QUOTE) isString = true;
    // "[" and "{", "]" and "}" differ in one bit.
    else if ((code | 0x20) === 0x7b) {
      depth += 1;
      if (depth > DEPTH_LIMIT) return true;
    } else if ((code | 0x20) === 0x7d) depth -= 1;
  }
  return false;
}
