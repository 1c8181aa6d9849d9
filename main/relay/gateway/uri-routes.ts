import type { Reachable } from './catalogue.ts';
import { originOf } from './lists-index.ts';
import type { Route } from './name-routes.ts';
import { OWN_SCHEME, ownTemplate, ownUri, serverUri, splitOwn } from './own-uris.ts';
import { ownerByLists } from './uri-owner.ts';

/** Tells whose results a URI was last seen in, and remembers it. */
export interface SeenUris {
  /** Name of a server. */
  ownerOf(uri: string): string | undefined;
  remember(uri: string, server: string): void;
}

function ownerByOrigin(reachable: readonly Reachable[], uri: string): Reachable | undefined {
  const origin = originOf(uri);
  if (origin === undefined) return undefined;
  const owners = reachable.filter(({ index }) => index?.origins.has(origin));
  return owners.length === 1 ? owners[0] : undefined;
}

/**
 * Where a resource is: one of our own URIs says it; else the server that lists it, has a template for it, mentioned it
 * in this conversation, or is the only one with URIs of its scheme and authority. `undefined` where none of it helps.
 */
export function routeUri(reachable: readonly Reachable[], seen: SeenUris, uri: string): Route | undefined {
  if (uri.startsWith(OWN_SCHEME)) {
    const own = splitOwn(uri);
    const owner = reachable.find(({ server }) => server.name === own?.server);
    const templates = owner?.index?.templates.map(({ template }) => template) ?? [];
    const target = own && serverUri(own.rest, templates);
    return owner && target !== undefined ? { server: owner.server, target } : undefined;
  }
  const seenAt = seen.ownerOf(uri);
  const owner =
    ownerByLists(reachable, uri) ??
    reachable.find(({ server }) => server.name === seenAt) ??
    ownerByOrigin(reachable, uri);
  return owner && { server: owner.server, target: uri };
}

/** Where a template that a client names in `completion/complete` is; for a URI that is none, as {@link routeUri}. */
export function routeTemplate(reachable: readonly Reachable[], seen: SeenUris, template: string): Route | undefined {
  const own = splitOwn(template);
  for (const { server, index } of reachable) {
    for (const known of index?.templates ?? []) {
      const shown = own ? ownTemplate(server.name, known.template) : known.template;
      if (shown === template) return { server, target: known.template };
    }
  }
  return routeUri(reachable, seen, template);
}

/**
 * The URI that a client gets to see for one in a server's result: as it is where it leads back to that server, else one
 * of ours. What nobody lists is the first one's that mentions it.
 */
export function shownUri(reachable: readonly Reachable[], seen: SeenUris, server: string, uri: string): string {
  if (uri.startsWith(OWN_SCHEME)) return ownUri(server, uri);
  const owner = ownerByLists(reachable, uri)?.server.name ?? seen.ownerOf(uri);
  if (owner !== undefined && owner !== server) return ownUri(server, uri);
  seen.remember(uri, server);
  return uri;
}
