import type { KeyStore } from '../../../main/vault/key-store.ts';

/** A keychain that is never locked and forgets nothing, as long as the test lasts. */
export function memoryKeyStore(key: Buffer | null = null): KeyStore & { key: Buffer | null; writes: number } {
  const store: KeyStore & { key: Buffer | null; writes: number } = {
    kind: 'keychain',
    key,
    writes: 0,
    read: async () => store.key,
    write: async (next) => {
      store.key = next;
      store.writes += 1;
    },
  };
  return store;
}
