import type { ServerMetadata } from './discover.ts';

/** How long metadata is believed, in ms. It changes a few times a year; a refusal by the AS asks anew at once. */
export const METADATA_LIFE_MS = 24 * 60 * 60 * 1000;

/** Metadata by server name. One discovery at a time for each server. */
export interface MetadataCache {
  /** The known metadata, or that of `discover`. A failure is not remembered. */
  get(server: string, discover: () => Promise<ServerMetadata>): Promise<ServerMetadata>;
  /** Forgets: the next `get` asks again. */
  drop(server: string): void;
}

/** An empty {@link MetadataCache}. */
export function createMetadataCache(clock: () => number): MetadataCache {
  const known = new Map<string, { readonly metadata: Promise<ServerMetadata>; readonly until: number }>();
  return {
    get: (server, discover) => {
      const held = known.get(server);
      if (held && held.until > clock()) return held.metadata;
      const entry = { metadata: discover(), until: clock() + METADATA_LIFE_MS };
      known.set(server, entry);
      entry.metadata.catch(() => {
        if (known.get(server) === entry) known.delete(server);
      });
      return entry.metadata;
    },
    drop: (server) => {
      known.delete(server);
    },
  };
}
