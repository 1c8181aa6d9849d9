import type { Problem } from '../../../shared/errors.ts';

/** Whether the face starts when the person logs in; `unavailable` where the system or policy decides that alone. */
export type StartAtLogin = 'on' | 'off' | 'unavailable';

/** How it stands with updates of the app. */
export type Updates =
  /** Policy, or a build without a place to get them from: whoever installed Lanyard updates it. */
  | { readonly kind: 'managed' }
  | { readonly kind: 'idle'; readonly lookedAt?: number }
  | { readonly kind: 'looking' }
  | { readonly kind: 'loading'; readonly version: string; readonly percent: number }
  | { readonly kind: 'ready'; readonly version: string }
  | { readonly kind: 'failed'; readonly problem: Problem };

/** The demo company that the app brings along, for machines without a policy. */
export type Demo = 'not-offered' | 'offered' | 'starting' | 'running';

/** What the face knows that is not the agent's business. */
export interface Desk {
  readonly startAtLogin: StartAtLogin;
  readonly updates: Updates;
  readonly demo: Demo;
}
