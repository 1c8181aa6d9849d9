/** The part of Electron's `powerMonitor` that knows who is at the screen. */
export interface Screen extends Pick<NodeJS.EventEmitter, 'on' | 'off'> {
  getSystemIdleState(idleThresholdSeconds: number): string;
}

/** Electron asks for a threshold, and we only for the lock: nobody is idle this long, in seconds. */
const NEVER_IDLE_SECONDS = 24 * 60 * 60;

// macOS and Windows say when the screen is locked; macOS also when another person's session comes to the front.
const LEAVES = ['lock-screen', 'user-did-resign-active'];
// Waking is no return: a machine that wakes mostly asks for the password first.
const RETURNS = ['unlock-screen', 'user-did-become-active'];

/** Knows whether somebody can read what is shown. */
export interface Away {
  readonly isAway: boolean;
  close(): void;
}

/** Follows the screen's lock and the switching of users; `onReturn` when the person is back. */
export function watchAway(screen: Screen, onReturn: () => void): Away {
  let hasLeft = false;
  const leave = () => {
    hasLeft = true;
  };
  const comeBack = () => {
    hasLeft = false;
    onReturn();
  };
  for (const name of LEAVES) screen.on(name, leave);
  for (const name of RETURNS) screen.on(name, comeBack);
  return {
    get isAway() {
      return hasLeft || screen.getSystemIdleState(NEVER_IDLE_SECONDS) === 'locked';
    },
    close: () => {
      for (const name of LEAVES) screen.off(name, leave);
      for (const name of RETURNS) screen.off(name, comeBack);
    },
  };
}
