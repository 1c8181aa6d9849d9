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
  /** Ends the discovery; of no meaning once that is done. */
  readonly signal: AbortSignal | undefined;
  done: boolean;
}

/** An empty {@link MetadataCache}. */
export function createMetadataCache(clock: () => number): MetadataCache {
  const known = new Map<string, Entry>();
  return {
    get: (server, discover, signal) => {
      const held = known.get(server);
      if (held && held.until > clock() && (held.done || !held.signal?.aborted)) return held.metadata;
      const entry: Entry = { metadata: discover(), until: clock() + METADATA_LIFE_MS, signal, done: false };
      known.set(server, entry);
      entry.metadata.then(
        () => {
          entry.done = true;
        },
        () => {
          if (known.get(server) === entry) known.delete(server);
        },
      );
      return entry.metadata;
    },
    drop: (server) => {
      known.delete(server);
    },
  };
}
