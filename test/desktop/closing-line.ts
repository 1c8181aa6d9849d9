import type { Reporter, TestModule } from 'vitest/node';

/** Prints `N passed, N failed` as the last line, for people and for whoever adds up. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    let [passed, failed] = [0, 0];
    for (const module of modules) {
      const before = passed + failed;
      for (const test of module.children.allTests()) {
        if (test.result().state === 'passed') passed += 1;
        else failed += 1;
      }
      // A file that could not even be loaded has no tests.
      if (module.state() === 'failed' && passed + failed === before) failed += 1;
    }
    process.on('exit', () => console.log(`${passed} passed, ${failed} failed`));
  }
}
