import type { VaultContents } from '../../../main/vault/contents.ts';
import type { Vault } from '../../../main/vault/vault.ts';

/** A vault that never reaches a disk. */
export function memoryVault(contents: VaultContents): Vault {
  let held = contents;
  return {
    get contents() {
      return held;
    },
    update: async (change) => {
      held = change(held);
    },
    settled: async () => {},
    unsaved: undefined,
    setAside: undefined,
    restored: false,
  };
}
