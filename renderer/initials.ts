/** Up to two letters for a person's sign: of the first and the last word of the name, or of the mail address. */
export function initials(name: string): string {
  const words = (name.split('@')[0] ?? '').split(/[\s._]+/u).filter((word) => /^\p{L}/u.test(word));
  const chosen = words.length > 1 ? [words[0], words.at(-1)] : words;
  return chosen.map((word) => [...(word ?? '')][0]?.toUpperCase() ?? '').join('');
}
