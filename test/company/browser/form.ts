/** A form found in a page. */
export interface Form {
  readonly action: string;
  /** Values of the inputs by name. */
  readonly fields: ReadonlyMap<string, string>;
}

/** The first form of a page that is posted, if there is one. */
export function findForm(html: string): Form | undefined {
  const match = /<form\b([^>]*)>([\s\S]*?)<\/form>/i.exec(html);
  if (!match) return undefined;
  const [, tag = '', inside = ''] = match;
  if (attribute(tag, 'method')?.toLowerCase() !== 'post') return undefined;
  const inputs = [...inside.matchAll(/<input\b([^>]*)>/gi)].map(([, input = '']) => input);
  const fields = inputs.flatMap((input) => {
    const name = attribute(input, 'name');
    return name === undefined ? [] : [[name, attribute(input, 'value') ?? ''] as const];
  });
  return { action: attribute(tag, 'action') ?? '', fields: new Map(fields) };
}

/** The text of the page's alert, if it shows one. */
export function findAlert(html: string): string | undefined {
  const text = /role="alert"[^>]*>([\s\S]*?)</.exec(html)?.[1];
  return text === undefined ? undefined : unescapeHtml(text);
}

/** Where the page's link with this text leads. */
export function findLink(html: string, text: string): string | undefined {
  const links = [...html.matchAll(/<a\b([^>]*)>([\s\S]*?)<\/a>/gi)];
  const found = links.find(([, , inside = '']) => unescapeHtml(inside).trim() === text);
  return found?.[1] === undefined ? undefined : attribute(found[1], 'href');
}

function attribute(tag: string, name: string): string | undefined {
  const value = new RegExp(`\\b${name}="([^"]*)"`, 'i').exec(tag)?.[1];
  return value === undefined ? undefined : unescapeHtml(value);
}

function unescapeHtml(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}
