import { defineConfig } from 'vitest/config';

/** A unit test that takes this long hangs; nothing in it waits for a clock. Milliseconds. */
const UNIT_TIMEOUT_MS = 15_000;
/** Integration tests start processes and sign in, on a machine that may be busy. Milliseconds. */
const INTEGRATION_TIMEOUT_MS = 90_000;
/** Some build what they test first, when nobody has. Milliseconds. */
const INTEGRATION_PREPARATION_MS = 300_000;

// test/desktop, test/clients and test/conformance have runners of their own: see package.json.
export default defineConfig({
  test: {
    watch: false,
    projects: [
      {
        test: {
          name: 'unit',
          environment: 'node',
          include: ['test/unit/**/*.test.{ts,tsx}'],
          testTimeout: UNIT_TIMEOUT_MS,
          hookTimeout: UNIT_TIMEOUT_MS,
        },
      },
      {
        test: {
          name: 'integration',
          environment: 'node',
          include: ['test/integration/**/*.test.ts'],
          testTimeout: INTEGRATION_TIMEOUT_MS,
          hookTimeout: INTEGRATION_PREPARATION_MS,
        },
      },
    ],
  },
});
