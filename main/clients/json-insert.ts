import { findNodeAtLocation, type Node, parseTree } from 'jsonc-parser';

/** How a file is laid out, as far as an insertion has to follow it. */
interface Layout {
  readonly eol: string;
  /** One step of indentation; empty where the file is written on one line. */
  readonly step: string;
}

function layoutOf(text: string): Layout {
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const oneLine = !(text.trim().includes('\n') || text.trim() === '{}');
  return { eol, step: oneLine ? '' : (/\n([ \t]+)"/.exec(text)?.[1] ?? '  ') };
}

/** The white space that the line of `offset` begins with. */
function indentAt(text: string, offset: number): string {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(lineStart, offset))?.[0] ?? '';
}

function print(value: unknown, indent: string, { eol, step }: Layout): string {
  if (step === '') return JSON.stringify(value);
  return JSON.stringify(value, null, step).replaceAll('\n', `${eol}${indent}`);
}

/** Adds a property at the end of an object, in the style of the properties before it. Nothing else moves. */
function append(text: string, object: Node, key: string, value: unknown, layout: Layout): string {
  const last = object.children?.at(-1);
  const outer = indentAt(text, object.offset);
  const inner = last ? indentAt(text, last.offset) : `${outer}${layout.step}`;
  // Properties that share a line get company on that line.
  const spread = layout.step !== '' && (!last || text.slice(object.offset, last.offset).includes('\n'));
  const style = spread ? layout : { ...layout, step: '' };
  const property = `${JSON.stringify(key)}: ${print(value, inner, style)}`;
  if (last) {
    const end = last.offset + last.length;
    return `${text.slice(0, end)},${spread ? `${layout.eol}${inner}` : ' '}${property}${text.slice(end)}`;
  }
  const open = object.offset + 1;
  const close = object.offset + object.length - 1;
  const body = spread ? `${layout.eol}${inner}${property}${layout.eol}${outer}` : property;
  return `${text.slice(0, open)}${body}${text.slice(close)}`;
}

/**
 * Puts entries at the end of the object `section` of a JSON document, which is made where there is none. Everything
 * that was there keeps its bytes, comments and odd spaces among them; an empty object loses the space inside it.
 *
 * @param text a JSON object, comments allowed.
 */
export function insertEntries(text: string, section: string, entries: Readonly<Record<string, unknown>>): string {
  const layout = layoutOf(text);
  const root = parseTree(text, [], { allowTrailingComma: true });
  if (!root) return text;
  const object = findNodeAtLocation(root, [section]);
  if (!object) return append(text, root, section, entries, layout);
  return Object.entries(entries).reduce((edited, [name, entry]) => {
    const tree = parseTree(edited, [], { allowTrailingComma: true });
    const target = tree && findNodeAtLocation(tree, [section]);
    return target ? append(edited, target, name, entry, layout) : edited;
  }, text);
}
