import { matchTemplate, parseTemplate, type TemplatePart } from './uri-template.ts';

/** What begins a URI of ours: a server's own one, with the server's name in front. */
export const OWN_SCHEME = 'lanyard://';

/** What comes after the server in a template of ours. An encoded URI holds no slash, so the two are never mixed up. */
const TEMPLATE_MARK = 'template/';

// encodeURIComponent throws where half a character is left over.
const encode = (text: string) => encodeURIComponent(text.toWellFormed());

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** A server's URI as one of ours: it tells by itself where it leads. */
export function ownUri(server: string, uri: string): string {
  return `${OWN_SCHEME}${server}/${encode(uri)}`;
}

const encodedParts = (template: string): readonly TemplatePart[] =>
  parseTemplate(template).map((part) => (part.kind === 'text' ? { ...part, text: encode(part.text) } : part));

/** A server's template as one of ours. Its expressions stay, since clients put values in their places. */
export function ownTemplate(server: string, template: string): string {
  const parts = encodedParts(template).map(({ text }) => text);
  return `${OWN_SCHEME}${server}/${TEMPLATE_MARK}${parts.join('')}`;
}

/** The server in one of our URIs or templates, and what comes after it; `undefined` for any other URI. */
export function splitOwn(uri: string): { readonly server: string; readonly rest: string } | undefined {
  if (!uri.startsWith(OWN_SCHEME)) return undefined;
  const at = uri.indexOf('/', OWN_SCHEME.length);
  return at < 0 ? undefined : { server: uri.slice(OWN_SCHEME.length, at), rest: uri.slice(at + 1) };
}

/**
 * The server's URI in one of ours; `undefined` where it is not encoded as ours are.
 *
 * @param rest       What comes after the server.
 * @param templates  The server's: what a client put into one of ours stays as it is, the text around it is decoded.
 */
export function serverUri(rest: string, templates: readonly string[]): string | undefined {
  if (!rest.startsWith(TEMPLATE_MARK)) return decode(rest);
  const filled = rest.slice(TEMPLATE_MARK.length);
  for (const template of templates) {
    const parts = encodedParts(template);
    const found = matchTemplate(parts, filled);
    if (found) return found.map((text, at) => (parts[at]?.kind === 'text' ? decode(text) : text)).join('');
  }
  return decode(filled);
}
