import { type WebContents, webContents } from 'electron';
import { GO_TO_EVENT } from './bridge/channels.ts';
import type { View } from './bridge/views.ts';
import { isOurPage } from './page-address.ts';
import type { TrustedSenders } from './trusted-senders.ts';

/** Reaches the page from the main process. */
export interface PageLink {
  /** Hands something to the page, where there is one. */
  send(event: string, value: unknown): void;
  /** Shows a view, as soon as the page is there. Open the window first. */
  goTo(view: View): void;
}

/** The page in the windows that we opened ourselves. */
export function pageLink(senders: TrustedSenders): PageLink {
  const pages = (): WebContents[] =>
    senders.ids().flatMap((id) => {
      const contents = webContents.fromId(id);
      return contents && !contents.isDestroyed() ? [contents] : [];
    });
  return {
    send: (event, value) => {
      for (const page of pages()) page.send(event, value);
    },
    goTo: (view) => {
      for (const page of pages()) {
        // Before its own script has run, the preload script keeps the view for the page.
        if (isOurPage(page.getURL()) && !page.isLoadingMainFrame()) page.send(GO_TO_EVENT, view);
        else page.once('dom-ready', () => page.send(GO_TO_EVENT, view));
      }
    },
  };
}

/** Calls `onGone` whenever the page that is shown ends: it is reloaded, it crashed, or its window closed. */
export function onPageGone(contents: WebContents, onGone: () => void): void {
  contents.on('did-navigate', onGone);
  contents.on('render-process-gone', onGone);
  contents.once('destroyed', onGone);
}
