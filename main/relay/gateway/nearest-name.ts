/** Longer input is not compared, in characters: no name is that long. */
const COMPARED_LIMIT = 80;
/** A name further away than this part of its length helps nobody. */
const FURTHEST_PART = 0.6;

/** How many letters have to be put in, taken out or changed to make one text of the other (Levenshtein). */
function distance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, at) => at);
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const changed = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}

/**
 * The name that was probably meant. One that ends with the asked name comes first: the server in front was forgotten.
 * `undefined` where nothing is near.
 */
export function nearestName(asked: string, names: readonly string[]): string | undefined {
  const wanted = asked.slice(0, COMPARED_LIMIT).toLowerCase();
  if (wanted === '') return undefined;
  const ending = names.find((name) => name.toLowerCase().endsWith(`_${wanted}`));
  if (ending !== undefined) return ending;
  let nearest: { readonly name: string; readonly distance: number } | undefined;
  for (const name of names) {
    const away = distance(wanted, name.toLowerCase());
    if (away <= FURTHEST_PART * Math.max(wanted.length, name.length) && (!nearest || away < nearest.distance)) {
      nearest = { name, distance: away };
    }
  }
  return nearest?.name;
}
