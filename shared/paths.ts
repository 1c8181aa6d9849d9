import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { posix, win32 } from 'node:path';
import { PRODUCT } from './product.ts';

/** Where everything of one person lies on this machine. */
export interface LocalPaths {
  /** Private to the person (0700). */
  readonly state: string;
  /** UNIX socket, or named pipe on Windows. */
  readonly socket: string;
  /** What both ends of the socket must be able to read (0600). */
  readonly localToken: string;
  readonly vault: string;
  /** Key and vault with `--insecure-file-key`: apart, so that the flag never touches what the keychain protects. */
  readonly insecureKey: string;
  readonly insecureVault: string;
  readonly clients: string;
  /** Folder of apps' files as they were before we edited them; private, since there may be others' secrets in them. */
  readonly backups: string;
  /** What servers last listed; no secrets. */
  readonly lists: string;
  /** How much was used, in numbers; no secrets. */
  readonly tally: string;
  readonly log: string;
}

/**
 * The same with what belongs to the person who is signed in (vault, lists, counts) in a folder of its own: a demo's must
 * not lie among a company's.
 */
export function keptIn(paths: LocalPaths, folder: string): LocalPaths {
  return { ...paths, ...contentsOf(folder, process.platform === 'win32' ? win32.join : posix.join) };
}

type PersonsPaths = Pick<LocalPaths, 'vault' | 'insecureKey' | 'insecureVault' | 'lists' | 'tally'>;

function contentsOf(folder: string, join: (...parts: string[]) => string): PersonsPaths {
  return {
    vault: join(folder, 'vault.json'),
    insecureKey: join(folder, 'insecure-vault-key'),
    insecureVault: join(folder, 'insecure-vault.json'),
    lists: join(folder, 'lists.json'),
    tally: join(folder, 'tally.json'),
  };
}

/**
 * Finds everything from the home folder alone: some clients start their children with hardly any environment, so
 * no variable besides HOME (USERPROFILE on Windows) may matter.
 */
export function localPaths(home: string = homedir(), platform: NodeJS.Platform = process.platform): LocalPaths {
  const { join } = platform === 'win32' ? win32 : posix;
  const state =
    platform === 'darwin'
      ? join(home, 'Library', 'Application Support', PRODUCT.name)
      : platform === 'win32'
        ? join(home, 'AppData', 'Local', PRODUCT.name)
        : join(home, '.local', 'state', PRODUCT.command);
  // Pipes share one namespace on the machine; the hash of the home folder makes the name this person's own.
  const pipe = `\\\\.\\pipe\\${PRODUCT.command}-${createHash('sha256').update(home).digest('base64url').slice(0, 22)}`;
  return {
    state,
    socket: platform === 'win32' ? pipe : join(state, 'agent.sock'),
    localToken: join(state, 'local-token'),
    ...contentsOf(state, join),
    clients: join(state, 'clients.json'),
    backups: join(state, 'backups'),
    log: join(state, 'agent.log'),
  };
}
