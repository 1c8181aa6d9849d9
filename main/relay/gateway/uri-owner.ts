import { type ListsIndex, originOf } from './lists-index.ts';
import { matchTemplate } from './uri-template.ts';

/** A server's lists, if any are known. */
interface Listing {
  readonly index: ListsIndex | undefined;
}

// One that says nothing of the scheme would take everything.
function hasTemplateFor({ index }: Listing, uri: string): boolean {
  return (
    index?.templates.some(({ parts: [first, ...more] }) => {
      if (first?.kind !== 'text' || originOf(first.text) === undefined || !uri.startsWith(first.text)) return false;
      return matchTemplate([first, ...more], uri) !== undefined;
    }) ?? false
  );
}

/**
 * Whose a URI is as it stands: the first server's, in the order of policy, that lists it or has a template for it. So no
 * server can take what one before it offers, not by a more exact template and not by a list of its own.
 */
export function ownerByLists<One extends Listing>(servers: readonly One[], uri: string): One | undefined {
  return servers.find((one) => one.index?.uris.has(uri) || hasTemplateFor(one, uri));
}
