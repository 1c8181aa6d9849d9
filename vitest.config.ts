import { defineConfig } from 'vitest/config';

/** A unit test that takes this long hangs; nothing in it waits for a clock. Milliseconds. */
const UNIT_TIMEOUT_MS = 15_000;
/** Integration tests start processes and sign in, on a machine that may be busy. Milliseconds. */
const INTEGRATION_TIMEOUT_MS = 90_000;

// "packaged" tests what ships, and packages it first. test/desktop, test/clients and test/conformance have runners of
// their own: see package.json.
export default defineConfig({
  test: {
    watch: false,
    // On two cores vitest would run one file at a time; the long ones mostly wait for processes they started.
    maxWorkers: 3,
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
          exclude: ['test/integration/packaged/**'],
          testTimeout: INTEGRATION_TIMEOUT_MS,
          hookTimeout: INTEGRATION_TIMEOUT_MS,
        },
      },
      {
        test: {
          name: 'packaged',
          environment: 'node',
          include: ['test/integration/packaged/**/*.test.ts'],
          globalSetup: 'test/integration/packaged/prepare.ts',
          testTimeout: INTEGRATION_TIMEOUT_MS,
          hookTimeout: INTEGRATION_TIMEOUT_MS,
        },
      },
    ],
  },
});
