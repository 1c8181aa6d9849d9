import { randomBytes } from 'node:crypto';
import { readFile, rename } from 'node:fs/promises';
import { LanyardError } from '../../shared/errors.ts';
import { EMPTY_VAULT, type VaultContents, vaultContentsSchema } from './contents.ts';
import { removeLeftovers, writeDurably } from './durable-file.ts';
import { KEY_BYTES, seal, unseal } from './envelope.ts';
import type { KeyStore } from './key-store.ts';
import { keychainLocked } from './keychain-faults.ts';

/** The person's secrets, decrypted in memory, encrypted on disk. */
export interface Vault {
  /** What is in it now. Never changed in place. */
  readonly contents: VaultContents;
  /**
   * Replaces the contents; they are on disk when this resolves. Changes are applied in the order of the calls. On a
   * failed write the contents in memory are the new ones all the same: the token in hand is still the best one.
   *
   * @throws {LanyardError} `vault-write`.
   */
  update(change: (contents: VaultContents) => VaultContents): Promise<void>;
  /** Resolves when nothing is being written any more. Does not throw: whoever asked for a write heard how it went. */
  settled(): Promise<void>;
  /** Where a file that did not decrypt was set aside while opening. */
  readonly setAside: string | undefined;
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new LanyardError({
      code: 'vault-read',
      user: 'Lanyard cannot read its vault. Check the permissions of your home folder.',
      administrator: `${path} cannot be read (${(cause as NodeJS.ErrnoException).code ?? String(cause)}).`,
      cause,
    });
  }
}

async function makeKey(keyStore: KeyStore): Promise<Buffer> {
  const key = randomBytes(KEY_BYTES);
  await keyStore.write(key);
  return key;
}

async function decrypt(
  path: string,
  file: string,
  key: Buffer,
  now: number,
): Promise<{ contents: VaultContents; setAside: string | undefined }> {
  try {
    return { contents: vaultContentsSchema.parse(JSON.parse(unseal(file, key))), setAside: undefined };
  } catch {
    // Kept for whoever investigates; an empty vault only means signing in once more.
    const setAside = `${path}.unreadable-${now}`;
    await rename(path, setAside);
    return { contents: EMPTY_VAULT, setAside };
  }
}

/**
 * Opens the vault at `path`, or makes one. Where a vault exists and the keychain has no key, it is taken for
 * locked: a new key would make the old vault worthless for ever.
 *
 * @throws {LanyardError} `keychain-…`, `vault-read`.
 */
export async function openVault(path: string, keyStore: KeyStore, clock: () => number = Date.now): Promise<Vault> {
  const [file, held] = await Promise.all([readIfThere(path), keyStore.read()]);
  // A key file that is gone is gone: then the vault is set aside below like any other that does not decrypt.
  if (file !== undefined && held === null && keyStore.kind === 'keychain') throw keychainLocked();
  const key = held ?? (await makeKey(keyStore));
  const opened =
    file === undefined ? { contents: EMPTY_VAULT, setAside: undefined } : await decrypt(path, file, key, clock());

  await removeLeftovers(path);

  let contents = opened.contents;
  let writing: Promise<void> = Promise.resolve();
  const write = async () => {
    try {
      await writeDurably(path, seal(JSON.stringify(contents), key), 0o600);
    } catch (cause) {
      throw new LanyardError({
        code: 'vault-write',
        user: 'Lanyard cannot save its vault. Check that the disk is not full; you may have to sign in again after a restart.',
        administrator: `${path} cannot be written (${(cause as NodeJS.ErrnoException).code ?? String(cause)}).`,
        cause,
      });
    }
  };
  return {
    get contents() {
      return contents;
    },
    update: (change) => {
      contents = vaultContentsSchema.parse(change(contents));
      // Each write takes the newest contents, so a queue of changes costs few writes but never loses the last.
      const mine = writing.catch(() => {}).then(write);
      writing = mine;
      return mine;
    },
    settled: () => writing.catch(() => {}),
    setAside: opened.setAside,
  };
}
