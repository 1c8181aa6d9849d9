/** Where the vault's one key lies. */
export interface KeyStore {
  readonly kind: 'keychain' | 'insecure-file';
  /**
   * The key, or `null`. For a keychain `null` is ambiguous: it also means "locked".
   *
   * @throws {LanyardError} with what the person can do.
   */
  read(): Promise<Buffer | null>;
  /** Keeps a new key. Called only where no vault exists that an older key could open. */
  write(key: Buffer): Promise<void>;
}
