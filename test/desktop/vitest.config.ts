import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** What a test waits for comes at once, or after what the machine does meanwhile; milliseconds. */
const POLL_TIMEOUT_MS = 30_000;
/** A scenario starts a company, an app and an agent, on a machine that may be busy. */
const SCENARIO_TIMEOUT_MS = 90_000;

// Run through test/desktop/run.ts, which brings screen, session bus and an unprivileged user.
export default defineConfig({
  cacheDir: join(process.env.HOME ?? '', 'vitest'),
  test: {
    include: ['test/desktop/**/*.test.ts'],
    watch: false,
    // One screen, one session bus, one tray.
    fileParallelism: false,
    expect: { poll: { timeout: POLL_TIMEOUT_MS } },
    testTimeout: SCENARIO_TIMEOUT_MS,
    hookTimeout: SCENARIO_TIMEOUT_MS,
    reporters: ['default', './test/desktop/closing-line.ts'],
  },
});
