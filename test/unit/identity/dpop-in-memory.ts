import { createDpop, type Dpop } from '../../../main/identity/dpop.ts';
import { EMPTY_VAULT, type VaultContents } from '../../../main/vault/contents.ts';

/** Real proofs by a key that is kept nowhere. */
export function dpopInMemory(clock: () => number = Date.now): Dpop {
  const vault = {
    contents: EMPTY_VAULT,
    update: async (change: (contents: VaultContents) => VaultContents) => {
      vault.contents = change(vault.contents);
    },
  };
  return createDpop({ vault, clock });
}
