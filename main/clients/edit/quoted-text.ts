/** Control characters that JSON leaves bare, line ends of other standards, and the byte order mark. */
const BARE_CONTROLS = /[\u007f-\u009f\u2028\u2029\ufeff]/g;

/** Text in double quotes with escapes that JSON, TOML and every version of YAML read alike. */
export function quoted(text: string): string {
  const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(text).replaceAll(BARE_CONTROLS, escaped);
}
