/** What the product is called everywhere: one place to change for a company that ships its own build. */
export const PRODUCT = {
  /** Shown to people. */
  name: 'Lanyard',
  /** The executable, and the name of every folder on disk. */
  command: 'lanyard',
  /** macOS bundle id, Linux desktop id, keychain service and MDM domain. */
  bundleId: 'dev.lanyard.desktop',
  /** Kept equal to package.json by a test. */
  version: '0.1.0',
} as const;
