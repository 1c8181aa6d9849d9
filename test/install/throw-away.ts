import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** What packages write to. Everything else of the machine stays as it is in there too. */
const WRITABLE = ['opt', 'usr', 'etc', 'var'] as const;

/** Where in a throw-away machine the layers lie. */
export interface Layers {
  /** The machine's own folder, from before anything was installed. */
  readonly before: (folder: string) => string;
  /** What was written since, alone. */
  readonly written: (folder: string) => string;
  readonly folders: readonly string[];
}

/** The layers below `temporary`. */
export function layersIn(temporary: string): Layers {
  return {
    before: (folder) => join(temporary, 'before', folder),
    written: (folder) => join(temporary, 'written', folder),
    folders: WRITABLE,
  };
}

/** Runs as root in there. $1: temporary folder; the rest: the command. */
const SET_UP = `
set -e
temporary=$1
shift
for folder in ${WRITABLE.join(' ')}; do
  mount --bind "/$folder" "$temporary/before/$folder"
  mount -t overlay -o "lowerdir=/$folder,upperdir=$temporary/written/$folder,workdir=$temporary/work/$folder" overlay "/$folder"
done
exec "$@"
`;

/**
 * The command line that runs a command as root on a machine that looks like this one and is thrown away: it sees the
 * same files, but what it writes to the system's folders goes into a layer of its own; it sees no process but those it
 * starts, and they all end with it. So packages can really be installed and removed, and nothing here changes.
 *
 * @param temporary an empty folder, which must not lie in one of the system's folders that are covered.
 */
export function inThrowAwayMachine(temporary: string, command: readonly string[]): readonly string[] {
  const layers = layersIn(temporary);
  for (const folder of layers.folders) {
    for (const path of [layers.before(folder), layers.written(folder), join(temporary, 'work', folder)])
      if (!existsSync(path)) mkdirSync(path, { recursive: true, mode: 0o755 });
  }
  return [
    ...(process.getuid?.() === 0 ? [] : ['sudo', '--non-interactive', '--preserve-env']),
    'unshare',
    '--mount',
    '--propagation=private',
    '--pid',
    '--fork',
    '--kill-child',
    '--mount-proc',
    'sh',
    '-c',
    SET_UP,
    'set-up',
    temporary,
    ...command,
  ];
}
