import type { ServerMetadata } from './discover.ts';

/** How long metadata is believed, in ms. It changes a few times a year; a refusal by the AS asks anew at once. */
export const METADATA_LIFE_MS = 24 * 60 * 60 * 1000;

/** Metadata by server name. One discovery at a time for each server. */
export interface MetadataCache {
  /**
   * The known metadata, or that of `discover`. A failure is not remembered, and nobody waits for what `signal` ended.
   */
  get(server: string, discover: () => Promise<ServerMetadata>, signal?: AbortSignal): Promise<ServerMetadata>;
  /** Forgets: the next `get` asks again. */
  drop(server: string): void;
}

interface Entry {
  readonly metadata: Promise<ServerMetadata>;
  readonly until: number;
  /** What may end the discovery while it is under way. */
  readonly signal?: AbortSignal | undefined;
}

/** An empty {@link MetadataCache}. */
export function createMetadataCache(clock: () => number): MetadataCache {
  const known = new Map<string, Entry>();
  return {
    get: (server, discover, signal) => {
      const held = known.get(server);
      if (held && held.until > clock() && !held.signal?.aborted) return held.metadata;
      const metadata = discover();
      const until = clock() + METADATA_LIFE_MS;
      const entry: Entry = { metadata, until, signal };
      const isHeld = () => known.get(server) === entry;
      known.set(server, entry);
      metadata.then(
        () => isHeld() && known.set(server, { metadata, until }),
        () => isHeld() && known.delete(server),
      );
      return metadata;
    },
    drop: (server) => {
      known.delete(server);
    },
  };
}
