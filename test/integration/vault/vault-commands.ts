import { join, relative } from 'node:path';
import { ROOT } from '../../../build/paths.ts';
import type { Problem } from '../../../shared/errors.ts';
import { type Child, startChild } from '../program.ts';

/** What a vault in a process of its own can be told. `run` runs a shell's script where that process is. */
export type Command =
  | { readonly act: 'look' | 'reopen' | 'close' | 'count' }
  | { readonly act: 'add'; readonly grant: string }
  | { readonly act: 'run'; readonly script: string };

/** What came of it, and how the vault is afterwards. */
export interface Answer {
  readonly problem?: Problem | undefined;
  /** By a script. */
  readonly printed?: string | undefined;
  readonly unsaved?: Problem | undefined;
  readonly restored: boolean;
  readonly setAside?: string | undefined;
  readonly grants: readonly string[];
}

/** A vault in a process of its own. */
export interface VaultProcess {
  readonly child: Child;
  /** Tells it something and waits for the answer; one at a time. */
  tell(command: Command): Promise<Answer>;
}

/** What {@link startVault} needs. */
export interface VaultPlace {
  readonly folder: string;
  readonly key: Buffer;
  /** What stands before the command: another user, or another view of the disks. */
  readonly prefix?: readonly string[];
  /** The checkout, as that user can read it. */
  readonly root?: string;
}

/** Opens the vault of a folder in a process of its own. */
export function startVault({ folder, key, prefix = [], root = ROOT }: VaultPlace): VaultProcess {
  const program = join(root, relative(ROOT, join(import.meta.dirname, 'vault-process.ts')));
  const node = join(root, relative(ROOT, process.execPath));
  const command = [...prefix, node, program, join(folder, 'vault.json'), key.toString('base64')];
  const [file = '', ...args] = command;
  const child = startChild(file, args, { home: folder });
  let answers = 0;
  return {
    child,
    tell: async (told) => {
      child.stdin.write(`${JSON.stringify(told)}\n`);
      answers += 1;
      const [, line = ''] = await child.printed(new RegExp(`^(?:.*\\n){${answers - 1}}(.*)\\n`));
      return JSON.parse(line) as Answer;
    },
  };
}
