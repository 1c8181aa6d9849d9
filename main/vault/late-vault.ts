import { LanyardError, type Problem, problemOf } from '../../shared/errors.ts';
import { EMPTY_VAULT } from './contents.ts';
import type { Vault } from './vault.ts';

/** A vault that may not be open yet: the agent starts at login, maybe before the keychain is unlocked. */
export interface LateVault extends Vault {
  /** Why it is not open; `undefined` once it is. */
  readonly problem: Problem | undefined;
  /**
   * Opens it, or tries again. Harmless once it is open; calls at the same time share one try.
   *
   * @throws {LanyardError} see {@link openVault}.
   */
  open(): Promise<void>;
}

/** Before it is open, such a vault is empty, and an `update` first tries to open it. */
export function createLateVault(openVault: () => Promise<Vault>): LateVault {
  let vault: Vault | undefined;
  let opening: Promise<void> | undefined;
  let problem: Problem | undefined = new LanyardError({
    code: 'vault-closed',
    user: 'Lanyard is waiting for its vault. Where your system asks for your password, give it; otherwise wait a moment.',
    administrator: 'The vault has not been opened yet: the keychain has not answered.',
  }).problem;

  const tryOpen = async () => {
    try {
      vault = await openVault();
      problem = undefined;
    } catch (error) {
      problem = problemOf(error);
      throw error;
    } finally {
      opening = undefined;
    }
  };
  const open = async () => {
    if (vault) return;
    opening ??= tryOpen();
    await opening;
  };
  return {
    get contents() {
      return vault?.contents ?? EMPTY_VAULT;
    },
    get setAside() {
      return vault?.setAside;
    },
    get restored() {
      return vault?.restored ?? false;
    },
    get unsaved() {
      return vault?.unsaved;
    },
    get problem() {
      return problem;
    },
    open,
    settled: async () => vault?.settled(),
    update: async (change) => {
      await open();
      await vault?.update(change);
    },
  };
}
