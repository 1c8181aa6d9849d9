import type { FixtureEras } from '../fixture/fixture-server.ts';
import { openRenamingProxy } from '../middle/gateway/renaming-proxy.ts';
import { SERVER } from '../middle/guarded-server.ts';
import type { Laptop } from '../middle/laptop.ts';
import { openStdioAdapter } from '../middle/stdio/stdio-adapter.ts';

/** Ways from the suite to the fixture server. */
export type PathName =
  | 'http'
  | 'stdio'
  | 'gateway'
  | 'http-to-legacy'
  | 'http-to-modern'
  | 'stdio-to-legacy'
  | 'stdio-to-modern';

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

/** One way. */
export interface Path {
  /** What the server at its end speaks. */
  readonly eras: FixtureEras;
  open(context: PathContext): Promise<OpenPath>;
}

const NOTHING_TO_CLOSE = async () => {};

const openRelay: Path['open'] = async ({ laptop }) => ({
  url: `${await laptop.connect()}/${SERVER}/mcp`,
  close: NOTHING_TO_CLOSE,
});

const openStdio: Path['open'] = ({ laptop }) => openStdioAdapter(laptop.home);

/** Every way, by its name. */
export const PATHS: Readonly<Record<PathName, Path>> = {
  http: { eras: 'both', open: openRelay },
  stdio: { eras: 'both', open: openStdio },
  gateway: {
    eras: 'both',
    open: async ({ laptop, directUrl }) => openRenamingProxy(`${await laptop.connect()}/mcp`, directUrl),
  },
  'http-to-legacy': { eras: 'legacy', open: openRelay },
  'http-to-modern': { eras: 'modern', open: openRelay },
  'stdio-to-legacy': { eras: 'legacy', open: openStdio },
  'stdio-to-modern': { eras: 'modern', open: openStdio },
};

/** Those that are run unless others are asked for. */
export const USUAL_PATHS: readonly PathName[] = ['http', 'stdio', 'gateway'];
