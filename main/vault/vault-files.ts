import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { VaultContents } from './contents.ts';
import { removeLeftovers } from './durable-file.ts';
import { KEY_BYTES } from './envelope.ts';
import { chooseContents, type Generation, judgeGeneration } from './generation.ts';
import type { KeyStore } from './key-store.ts';
import { keychainLocked } from './keychain-faults.ts';
import { previousPath } from './two-generations.ts';
import { readingFault, vaultNewer } from './vault-faults.ts';

/** What the files of a vault held. */
export interface OpenedFiles {
  readonly key: Buffer;
  readonly contents: VaultContents;
  /** The contents are those of the previous generation. */
  readonly restored: boolean;
  /** The files that do not decrypt, the present one first. They have to be set aside before anything is written. */
  readonly damaged: readonly string[];
  /** Contents are lost with them: the present file is not good. */
  readonly isLoss: boolean;
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw readingFault(path, cause);
  }
}

async function makeKey(keyStore: KeyStore): Promise<Buffer> {
  const key = randomBytes(KEY_BYTES);
  await keyStore.write(key);
  return key;
}

function refuseNewer(path: string, generation: Generation): void {
  if (generation.kind === 'newer') throw vaultNewer(path, generation);
}

/**
 * Reads key and files of the vault at `path`; makes a key where there is none. All is judged before anything is
 * changed.
 *
 * @throws {LanyardError} see {@link openVault}.
 */
export async function openFiles(path: string, keyStore: KeyStore, now: number): Promise<OpenedFiles> {
  const older = previousPath(path);
  const [held, file, olderFile] = await Promise.all([keyStore.read(), readIfThere(path), readIfThere(older)]);
  // A key file that is gone is gone: then the vault is set aside like any other that does not decrypt.
  const isNew = file === undefined && olderFile === undefined;
  if (!isNew && held === null && keyStore.kind === 'keychain') throw keychainLocked();
  const present = judgeGeneration(file, held);
  const previous = judgeGeneration(olderFile, held);
  refuseNewer(path, present);
  refuseNewer(older, previous);

  const key = held ?? (await makeKey(keyStore));
  await removeLeftovers(path);
  const damaged = [
    ...(present.kind === 'unreadable' ? [path] : []),
    ...(previous.kind === 'unreadable' ? [older] : []),
  ];
  return { key, damaged, isLoss: present.kind !== 'good', ...chooseContents(present, previous, now) };
}
