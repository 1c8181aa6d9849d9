import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** Everything the build makes lies below this folder, and nothing else does. */
export const DIST = join(ROOT, 'dist');

/** What is fetched or remembered between builds; `npm ci` clears it. */
export const CACHE = join(ROOT, 'node_modules', '.cache', 'lanyard');

/** The pinned Node 24 that build/node-first.cjs links after every install. */
export const PINNED_NODE = join(ROOT, 'node_modules', '.bin', process.platform === 'win32' ? 'node.exe' : 'node');
