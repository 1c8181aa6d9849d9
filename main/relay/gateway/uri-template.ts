/** A URI template (RFC 6570) in parts: text, and expressions with their braces. */
export type TemplatePart =
  | { readonly kind: 'text'; readonly text: string }
  /** `isSimple`: a value without `/`, as those of `{name}` (section 3.2.2). */
  | { readonly kind: 'expression'; readonly text: string; readonly isSimple: boolean };

const OPERATORS = '+#./;?&=,!@|';

/** Takes a template apart. A brace without its other one is text. */
export function parseTemplate(template: string): readonly TemplatePart[] {
  return template
    .split(/(\{[^{}]*\})/)
    .filter((text) => text !== '')
    .map((text) =>
      /^\{[^{}]*\}$/.test(text)
        ? { kind: 'expression', text, isSimple: !OPERATORS.includes(text[1] ?? '') }
        : { kind: 'text', text },
    );
}

/** Characters of a template that are no expression: the more, the more exactly it says what it is for. */
export function textLength(parts: readonly TemplatePart[]): number {
  return parts.reduce((sum, part) => sum + (part.kind === 'text' ? part.text.length : 0), 0);
}

/**
 * What stands in a URI for each part of its template, texts included; `undefined` where it is no URI of the template.
 * Only meant to tell whose URI it is: every value is taken, and of several ways to read it the first. Takes time in
 * proportion to the URI's length for each part, whatever the template.
 */
export function matchTemplate(parts: readonly TemplatePart[], uri: string): readonly string[] | undefined {
  const found: string[] = [];
  let at = 0;
  for (const [index, part] of parts.entries()) {
    if (part.kind === 'text') {
      if (!uri.startsWith(part.text, at)) return undefined;
      found.push(part.text);
      at += part.text.length;
      continue;
    }
    const next = parts[index + 1];
    let until = uri.length;
    // Of several expressions in a row the last one takes it all.
    if (next?.kind === 'expression') until = at;
    else if (next) {
      const isLast = index + 2 === parts.length;
      until = isLast ? uri.length - next.text.length : uri.indexOf(next.text, at);
    }
    if (until < at) return undefined;
    const value = uri.slice(at, until);
    if (part.isSimple && value.includes('/')) return undefined;
    found.push(value);
    at = until;
  }
  return at === uri.length ? found : undefined;
}
