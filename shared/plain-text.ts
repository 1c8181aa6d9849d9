/**
 * Characters that steer what shows a text and are not seen themselves: control characters, those that turn the direction
 * of what follows (Unicode UAX #9), and the separators of lines and paragraphs.
 */
const STEERING = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu;

/**
 * A text for people, on one line. Parts of it come from servers, clients and sign-in services, which must not steer a
 * terminal or turn a sentence round: each such character becomes a blank, so that columns stay where they are.
 */
export function oneLine(text: string): string {
  return text.replace(STEERING, ' ');
}

/** The same for a text of several lines, which stay. */
export function plainLines(text: string): string {
  return text.split('\n').map(oneLine).join('\n');
}

/**
 * A value as JSON that says the same and is harmless on a terminal: `JSON.stringify` itself escapes only the control
 * characters below U+0020 (RFC 8259 section 7).
 *
 * @param indent as of `JSON.stringify`; its line breaks stay.
 */
export function plainJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(STEERING, (character) =>
    character === '\n' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
