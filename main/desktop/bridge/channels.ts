import type { Showing } from './face.ts';

/**
 * Everything the page may ask for: the whole surface between the page and the main process. An act answers when it is
 * done, whether it worked or not; what went wrong is the notice of the next {@link Showing}.
 */
export interface Invocations {
  readonly showing: { readonly payload: null; readonly answer: Showing };
  readonly 'sign-in': { readonly payload: { readonly method: 'browser' | 'device' }; readonly answer: null };
  readonly 'cancel-sign-in': { readonly payload: null; readonly answer: null };
  readonly 'open-sign-in-page': { readonly payload: null; readonly answer: null };
  readonly 'sign-out': { readonly payload: null; readonly answer: null };
  readonly retry: { readonly payload: { readonly server: string }; readonly answer: null };
  readonly 'put-away-notice': { readonly payload: null; readonly answer: null };
  readonly 'restart-agent': { readonly payload: null; readonly answer: null };
}

/** A name in {@link Invocations}. */
export type Channel = keyof Invocations;

/** The one message that goes the other way: the newest {@link Showing}. */
export const SHOWING_EVENT = 'lanyard:showing-changed';

/** The name on Electron's wire, apart from any other use of IPC. */
export function wireName(channel: Channel): string {
  return `lanyard:${channel}`;
}

/** `window.lanyard`, as the preload script offers it to the page. */
export interface Bridge {
  /** Asks the main process; what may be asked is {@link Invocations}. */
  invoke<C extends Channel>(channel: C, payload: Invocations[C]['payload']): Promise<Invocations[C]['answer']>;
  /** Calls `listener` after every change; the answer ends it. */
  onShowing(listener: (showing: Showing) => void): () => void;
}
