import type { StartAtLogin } from './bridge/desk.ts';

/** Whether the face starts when the person logs in. */
export interface LoginItem {
  look(): Promise<StartAtLogin>;
  /** @throws {LanyardError} `start-at-login` where the system does not let us. */
  set(isOn: boolean): Promise<void>;
  /** Once at the start: takes back what would start a program from a place that has passed. Never throws. */
  tidy?(): Promise<void>;
}
