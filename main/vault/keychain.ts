import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { isSea } from 'node:sea';
import { PRODUCT } from '../../shared/product.ts';
import { KEY_BYTES } from './envelope.ts';
import type { KeyStore } from './key-store.ts';
import { keychainFault, keychainLocked } from './keychain-faults.ts';

/** The part of keytar that is used. `findCredentials` must not be: it crashes the process on a locked keyring. */
interface Keytar {
  getPassword(service: string, account: string): Promise<string | null>;
  setPassword(service: string, account: string, password: string): Promise<void>;
}

const ACCOUNT = 'vault-key';

// keytar is a native add-on: it lies beside the executable, or among the modules in development. What ships takes
// the one beside it or none: NODE_PATH must not supply another one, which would be given the vault's key.
function loadKeytar(): Keytar {
  const beside = join(dirname(process.execPath), 'node_modules', 'keytar');
  if (isSea() && !existsSync(beside)) throw new Error(`Cannot find module ${beside}`);
  return createRequire(import.meta.url)('keytar') as Keytar;
}

/**
 * The vault's key in the OS keychain: Keychain on macOS, Credential Manager on Windows, Secret Service on Linux.
 * Loaded at first use, so that a missing libsecret is a sentence and not a crash at start.
 */
export function keychainKeyStore(load: () => Keytar = loadKeytar): KeyStore {
  const guarded = async <T>(use: (keytar: Keytar) => Promise<T>): Promise<T> => {
    try {
      return await use(load());
    } catch (cause) {
      throw keychainFault(cause);
    }
  };
  return {
    kind: 'keychain',
    read: async () => {
      const found = await guarded((keytar) => keytar.getPassword(PRODUCT.bundleId, ACCOUNT));
      if (found === null) return null;
      const key = Buffer.from(found, 'base64');
      return key.length === KEY_BYTES ? key : null;
    },
    write: async (key) => {
      const text = key.toString('base64');
      await guarded((keytar) => keytar.setPassword(PRODUCT.bundleId, ACCOUNT, text));
      // A keyring that drops what it is given must be noticed now and not after the next start.
      const kept = await guarded((keytar) => keytar.getPassword(PRODUCT.bundleId, ACCOUNT));
      if (kept !== text) throw keychainLocked();
    },
  };
}
