import type { Log } from '../journal/log.ts';
import type { LateVault } from '../vault/late-vault.ts';

/** How often a keychain that was locked at login is tried again by itself, in ms. */
const RETRY_MS = 15_000;

/** Opens the vault as soon as its key can be had. */
export interface VaultWatch {
  /**
   * Opens it now, if it is not open.
   *
   * @throws {LanyardError} why it cannot be.
   */
  open(): Promise<void>;
  close(): void;
}

/** Watches over a vault that may not open at once. `onOpen` is called once. */
export function watchVault(vault: LateVault, log: Log, onOpen: () => void): VaultWatch {
  const open = async () => {
    if (!vault.problem) return;
    await vault.open();
    clearInterval(timer);
    if (vault.setAside) log.error('vault-set-aside', { file: vault.setAside });
    onOpen();
  };
  const timer = setInterval(() => {
    // The state says what is the matter; saying it in the log every time would bury everything else.
    open().catch(() => {});
  }, RETRY_MS);
  timer.unref();
  return { open, close: () => clearInterval(timer) };
}
