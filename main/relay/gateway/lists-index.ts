import type { Lists, ServerLists } from '../lists/server-lists.ts';
import { type NameTable, nameTable } from './names.ts';
import { parseTemplate, type TemplatePart, textLength } from './uri-template.ts';

/** One server's lists, and what is asked of them at every call. */
export interface ListsIndex {
  readonly lists: ServerLists;
  readonly tools: NameTable;
  readonly prompts: NameTable;
  readonly uris: ReadonlySet<string>;
  /** The most exact one first. */
  readonly templates: readonly IndexedTemplate[];
  /** Scheme and authority of everything that has a URI, as `github://acme`. */
  readonly origins: ReadonlySet<string>;
}

/** A template that can be told from others. */
export interface IndexedTemplate {
  readonly template: string;
  readonly parts: readonly TemplatePart[];
  readonly textLength: number;
}

/** Scheme and authority of a URI (RFC 3986); `undefined` where it has no scheme. */
export function originOf(uri: string): string | undefined {
  return /^[a-z][a-z0-9+.-]*:(?:\/\/[^/?#]*)?/i.exec(uri)?.[0].toLowerCase();
}

function originOfTemplate({ parts }: IndexedTemplate): string | undefined {
  const [first] = parts;
  if (first?.kind !== 'text') return undefined;
  const origin = originOf(first.text);
  // An authority that goes on in an expression is none yet.
  return origin === first.text.toLowerCase() && parts.length > 1 ? undefined : origin;
}

function indexLists(server: string, lists: ServerLists): ListsIndex {
  const uris = new Set(lists.resources.map(({ uri }) => uri));
  const templates = lists.resourceTemplates
    .map(({ uriTemplate }) => {
      const parts = parseTemplate(uriTemplate);
      return { template: uriTemplate, parts, textLength: textLength(parts) };
    })
    .sort((left, right) => right.textLength - left.textLength);
  const origins = [...[...uris].map(originOf), ...templates.map(originOfTemplate)];
  return {
    lists,
    tools: nameTable(
      server,
      lists.tools.map(({ name }) => name),
    ),
    prompts: nameTable(
      server,
      lists.prompts.map(({ name }) => name),
    ),
    uris,
    templates,
    origins: new Set(origins.filter((origin) => origin !== undefined)),
  };
}

/**
 * Gives the index of a server's last known lists; `undefined` where there are none. An index is made once for each
 * copy of the lists, and one is kept for each server.
 */
export function createListsIndexes(lists: Lists): (server: string) => ListsIndex | undefined {
  const indexes = new Map<string, ListsIndex>();
  return (server) => {
    const known = lists.of(server);
    if (!known) {
      indexes.delete(server);
      return undefined;
    }
    const kept = indexes.get(server);
    if (kept?.lists === known) return kept;
    const made = indexLists(server, known);
    indexes.set(server, made);
    return made;
  };
}
