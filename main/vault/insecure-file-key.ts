import { readFile } from 'node:fs/promises';
import { writeDurably } from './durable-file.ts';
import { KEY_BYTES } from './envelope.ts';
import type { KeyStore } from './key-store.ts';
import { readingFault, writingFault } from './vault-faults.ts';

/** Shown by every status while {@link insecureFileKeyStore} is in use. */
export const INSECURE_FILE_KEY_WARNING =
  'The key of the vault lies in a plain file (--insecure-file-key). Whoever reads this home folder can read the tokens.';

/**
 * The vault's key in a plain file (0600) beside the vault: no protection at rest at all. For machines without a
 * keychain, such as a demo or a build machine; only the flag `--insecure-file-key` selects it, policy cannot.
 */
export function insecureFileKeyStore(path: string): KeyStore {
  return {
    kind: 'insecure-file',
    read: async () => {
      try {
        const key = Buffer.from((await readFile(path, 'latin1')).trim(), 'base64');
        return key.length === KEY_BYTES ? key : null;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw readingFault(path, error);
      }
    },
    write: async (key) => {
      try {
        await writeDurably(path, `${key.toString('base64')}\n`, 0o600);
      } catch (error) {
        throw writingFault(path, error);
      }
    },
  };
}
