// Apart from the schemas, so that the window's page need not load them.

/** One word for each status, the same in tray, window and terminal. */
export const STATUS_WORDS = {
  ready: 'Ready',
  idle: 'Idle',
  connecting: 'Connecting',
  retrying: 'Retrying',
  denied: 'Denied',
  'step-up': 'Sign in again',
  misconfigured: 'Not set up',
  'signed-out': 'Signed out',
} as const;
