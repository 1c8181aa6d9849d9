import { SERVER } from '../middle/guarded-server.ts';
import type { Laptop } from '../middle/laptop.ts';
import { openStdioAdapter } from '../middle/stdio/stdio-adapter.ts';

/** Ways from the suite to the fixture server. */
export type PathName = 'http' | 'stdio' | 'gateway';

/** A way that is open. */
export interface OpenPath {
  /** Where the suite finds the server. */
  readonly url: string;
  close(): Promise<void>;
}

const NOTHING_TO_CLOSE = async () => {};

/** Every way, and how it is opened. */
export const PATHS: Readonly<Record<PathName, (laptop: Laptop) => Promise<OpenPath>>> = {
  http: async ({ relayUrl }) => ({ url: `${relayUrl}/${SERVER}/mcp`, close: NOTHING_TO_CLOSE }),
  stdio: ({ home }) => openStdioAdapter(home),
  gateway: async () => {
    throw new Error('not yet');
  },
};

/** Those that are run unless others are asked for. */
export const USUAL_PATHS: readonly PathName[] = ['http'];
