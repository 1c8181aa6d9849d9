import { type Schedule, systemSchedule } from '../../shared/schedule.ts';
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

/** Watches over a vault that may not open at once. `onOpen` is called once, `onProblem` when the reason is another one. */
export function watchVault(
  vault: LateVault,
  log: Log,
  onOpen: () => void,
  schedule: Schedule = systemSchedule,
  onProblem: () => void = () => {},
): VaultWatch {
  let isDone = false;
  let failed = false;
  let callOff = () => {};
  const close = () => {
    isDone = true;
    callOff();
  };
  const open = async () => {
    if (isDone) return;
    const before = vault.problem?.code;
    await vault.open().catch((error: unknown) => {
      failed = true;
      if (vault.problem?.code !== before) onProblem();
      throw error;
    });
    // Somebody who asked at the same time was first, or the agent has closed while the keychain asked the person.
    if (isDone) return;
    close();
    if (failed) log.info('vault-opened');
    if (vault.setAside) log.error('vault-set-aside', { file: vault.setAside });
    if (vault.restored) log.warn('vault-restored');
    onOpen();
  };
  const tryLater = () => {
    callOff = schedule(RETRY_MS, () => {
      // First the next time: this one may wait for a keychain that asks the person.
      tryLater();
      // The state says what is the matter; saying it in the log every time would bury everything else.
      open().catch(() => {});
    });
  };
  tryLater();
  return { open, close };
}
