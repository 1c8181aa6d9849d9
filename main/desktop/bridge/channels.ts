import type { AppView, ConnectionPlan } from '../../../shared/app-views.ts';
import type { AppKind, Transport } from '../../../shared/client-kinds.ts';
import type { Journal, JournalNews, ServerTools } from '../../../shared/journal-views.ts';
import type { Showing } from './face.ts';
import type { View } from './views.ts';

/** An app, and how it shall be connected where the person chose that. */
export interface AppChoice {
  readonly kind: AppKind;
  readonly transport?: Transport | undefined;
  readonly gateway?: boolean | undefined;
}

/**
 * Everything the page may ask for: the whole surface between the page and the main process. An act answers when it is
 * done, whether it worked or not; what went wrong is the notice of the next {@link Showing}. A question (`apps`,
 * `plan-app`, `server-tools`, `follow-journal`) is answered with `null` where it could not be answered.
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
  readonly apps: { readonly payload: null; readonly answer: readonly AppView[] | null };
  readonly 'plan-app': { readonly payload: AppChoice; readonly answer: ConnectionPlan | null };
  readonly 'connect-app': { readonly payload: AppChoice; readonly answer: null };
  /** Takes our entries out again; `client` is the id of a connected client. */
  readonly 'disconnect-app': { readonly payload: { readonly client: string }; readonly answer: null };
  readonly 'server-tools': { readonly payload: { readonly server: string }; readonly answer: ServerTools | null };
  /** From `on` until off, or until the window closes, news of the journal come as {@link JOURNAL_EVENT}. */
  readonly 'follow-journal': { readonly payload: { readonly on: boolean }; readonly answer: Journal | null };
  readonly 'start-demo': { readonly payload: null; readonly answer: null };
  readonly 'end-demo': { readonly payload: null; readonly answer: null };
  readonly 'set-start-at-login': { readonly payload: { readonly on: boolean }; readonly answer: null };
  readonly 'look-for-updates': { readonly payload: null; readonly answer: null };
  /** Ends the app, installs the update that is ready, and starts again. */
  readonly 'install-update': { readonly payload: null; readonly answer: null };
}

/** A name in {@link Invocations}. */
export type Channel = keyof Invocations;

/** Goes the other way: the newest {@link Showing}. */
export const SHOWING_EVENT = 'lanyard:showing-changed';

/** Goes the other way: {@link JournalNews}, while the page follows the journal. */
export const JOURNAL_EVENT = 'lanyard:journal-news';

/** Goes the other way: the {@link View} that the person asked for outside of the window. */
export const GO_TO_EVENT = 'lanyard:go-to';

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
  /** Calls `listener` with news of the journal; the answer ends it. */
  onJournal(listener: (news: JournalNews) => void): () => void;
  /** Calls `listener` when another view is asked for; the answer ends it. */
  onGoTo(listener: (view: View) => void): () => void;
}
