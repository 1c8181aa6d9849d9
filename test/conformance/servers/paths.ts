import { openRenamingProxy } from '../middle/gateway/renaming-proxy.ts';
import { SERVER } from '../middle/guarded-server.ts';
import type { Laptop } from '../middle/laptop.ts';
import { openStdioAdapter } from '../middle/stdio/stdio-adapter.ts';

/** Ways from the suite to the fixture server. */
export type PathName = 'http' | 'stdio' | 'gateway';

/** What a way is opened with. */
export interface PathContext {
  readonly laptop: Laptop;
  /** The fixture server itself. */
  readonly directUrl: string;
}

/** A way that is open. */
export interface OpenPath {
  /** Where the suite finds the server. */
  readonly url: string;
  close(): Promise<void>;
}

const NOTHING_TO_CLOSE = async () => {};

/** Every way, and how it is opened. */
export const PATHS: Readonly<Record<PathName, (context: PathContext) => Promise<OpenPath>>> = {
  http: async ({ laptop }) => ({ url: `${laptop.relayUrl}/${SERVER}/mcp`, close: NOTHING_TO_CLOSE }),
  stdio: ({ laptop }) => openStdioAdapter(laptop.home),
  gateway: ({ laptop, directUrl }) => openRenamingProxy(`${laptop.relayUrl}/mcp`, directUrl),
};

/** Those that are run unless others are asked for. */
export const USUAL_PATHS: readonly PathName[] = ['http', 'stdio'];
