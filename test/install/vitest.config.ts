import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Unpacking half a gigabyte takes its time on a machine that may be busy. Milliseconds. */
const TEST_TIMEOUT_MS = 120_000;

// Run through test/install/run.ts, which makes the installers and brings a machine to throw away.
export default defineConfig({
  cacheDir: join(process.env.HOME ?? '', 'vitest'),
  test: {
    include: ['test/install/**/*.test.ts'],
    watch: false,
    // One machine, one package at a time.
    fileParallelism: false,
    testTimeout: TEST_TIMEOUT_MS,
    hookTimeout: TEST_TIMEOUT_MS,
    reporters: ['default', './test/desktop/closing-line.ts'],
  },
});
