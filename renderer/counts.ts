/** A number with its noun: "1 call", "12 calls". */
export function countText(amount: number, one: string, many = `${one}s`): string {
  return `${amount} ${amount === 1 ? one : many}`;
}

/** Names as one reads them aloud: "A", "A and B", "A, B and C"; more than `limit` end with "and 3 more", never with "and 1 more": that one is named as well. */
export function listText(names: readonly string[], limit = 3): string {
  const shown = names.length > limit + 1 ? [...names.slice(0, limit), `${names.length - limit} more`] : names;
  return shown.length < 2 ? (shown[0] ?? '') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}
