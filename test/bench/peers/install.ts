import { join } from 'node:path';
import { installLocked } from '../../locked-install.ts';

/** What a user would pick instead has a package and a lock file of its own here. */
const FOLDER = import.meta.dirname;

/** Installs the peers as locked, unless they are. Returns whether anything had to be installed. */
export function installPeers(): Promise<boolean> {
  return installLocked(FOLDER);
}

/** A file of a peer's package. */
export function peerFile(name: string, ...path: readonly string[]): string {
  return join(FOLDER, 'node_modules', name, ...path);
}
