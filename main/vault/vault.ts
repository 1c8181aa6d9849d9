import type { Problem } from '../../shared/errors.ts';
import { type Schedule, systemSchedule } from '../../shared/schedule.ts';
import { type VaultContents, vaultContentsSchema } from './contents.ts';
import { seal } from './envelope.ts';
import { endsSession } from './generation.ts';
import type { KeyStore } from './key-store.ts';
import { createSettingAside } from './set-aside.ts';
import { writeGeneration } from './two-generations.ts';
import { writingFault } from './vault-faults.ts';
import { openFiles } from './vault-files.ts';
import { createVaultWriter } from './vault-writer.ts';

/** The person's secrets, decrypted in memory, encrypted on disk. */
export interface Vault {
  /** What is in it now. Never changed in place. */
  readonly contents: VaultContents;
  /**
   * Replaces the contents; they are on disk when this resolves. Changes are applied in the order of the calls. On a
   * failed write the contents in memory are the new ones all the same: the token in hand is still the best one. The
   * vault then tries again by itself.
   *
   * @throws {LanyardError} `vault-write`.
   */
  update(change: (contents: VaultContents) => VaultContents): Promise<void>;
  /**
   * Resolves when nothing is being written any more; what could not be written is tried once more, and after that only
   * with the next update. For closing. Does not throw: whoever asked for a write heard how it went.
   */
  settled(): Promise<void>;
  /** Why the contents are not on disk, after a write that failed; `undefined` once they are. */
  readonly unsaved: Problem | undefined;
  /** Where a file that did not decrypt was set aside, the present one rather than the previous. */
  readonly setAside: string | undefined;
  /** The contents came from the generation before the last, since the last was missing or did not decrypt. */
  readonly restored: boolean;
}

/** What {@link openVault} can do without. */
export interface VaultOptions {
  /** For trying failed writes again; the machine's timers when absent. */
  readonly schedule?: Schedule;
  /** `unsaved` is another one. */
  readonly onChange?: () => void;
}

/**
 * Opens the vault at `path`, or makes one: two files, the present generation and the one before it. Where a vault
 * exists and the keychain has no key, it is taken for locked: a new key would make the old vault worthless for ever.
 * What a newer Lanyard has written stays as it is.
 *
 * @throws {LanyardError} `keychain-…`, `vault-read`, `vault-newer`; `vault-write` where a new key cannot be kept.
 */
export async function openVault(
  path: string,
  keyStore: KeyStore,
  clock: () => number = Date.now,
  { schedule = systemSchedule, onChange = () => {} }: VaultOptions = {},
): Promise<Vault> {
  const { key, damaged, isLoss, restored, contents: opened } = await openFiles(path, keyStore, clock());
  const settingAside = createSettingAside(damaged, clock);
  let contents = opened;
  let saved = opened;
  const save = async () => {
    await settingAside.move();
    const newest = contents;
    try {
      const forgetEarlier = endsSession(saved, newest);
      await writeGeneration(path, seal(JSON.stringify(newest), key), { forgetEarlier });
    } catch (cause) {
      throw writingFault(path, cause);
    }
    saved = newest;
  };
  const writer = createVaultWriter({ save, schedule, onChange });
  // On a disk that takes no change now the vault opens all the same, and goes on as after any failed write.
  await settingAside.move().catch(() => writer.write().catch(() => {}));
  return {
    get contents() {
      return contents;
    },
    get unsaved() {
      return writer.unsaved;
    },
    update: (change) => {
      contents = vaultContentsSchema.parse(change(contents));
      return writer.write();
    },
    settled: writer.settled,
    get setAside() {
      return isLoss ? settingAside.moved[0] : undefined;
    },
    restored,
  };
}
